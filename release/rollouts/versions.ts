import { ok } from "@mainstay/kernel";
import { CatalogError, readManifest, readSignature, readWithdrawal } from "@mainstay/catalog";
import { sha256Of } from "@mainstay/platform";
import type { BundleManifest, Platform } from "@mainstay/wire";
import { openApproval } from "./approvals.ts";
import { audit, carryOut, inTurn, refuse, type Context } from "./context.ts";
import * as moves from "./moves.ts";
import { peopleOn } from "./people.ts";
import * as store from "./store.ts";
import { operator_actor, start_actor, type Actor, type Answer, type Commanded } from "./types.ts";
import { findVersion, insertBankCall, insertVersion, setWithdrawn } from "./version-store.ts";

/** Reads what somebody signed; a `CatalogError` is a refusal with its sentence. */
function readSigned<T>(read: () => T) {
  try {
    return ok(read());
  } catch (error) {
    if (error instanceof CatalogError) return refuse("version_refused", error.message);
    throw error;
  }
}

type Turn = { readonly trx: store.RolloutsTransaction; readonly now: Date };

/**
 * Makes a version stable on platforms without a rollout: the first one there, or a developer's next build.
 */
async function adopt(
  { trx, now }: Turn,
  manifest: BundleManifest,
  isForced: boolean,
): Promise<readonly Platform[]> {
  const rows = await store.selectPlatforms(trx);
  const takenBack = await store.selectTakenBack(trx);
  const active = await store.selectRollouts(trx, { isActive: true, limit: 3 });
  const adopted: Platform[] = [];
  for (const platform of manifest.platforms) {
    const { stable } = store.platformOf(rows, platform);
    const isBusy = active.some(({ targets }) => targets.some((target) => target.platform === platform));
    const wasTaken = takenBack.some(
      (taken) => taken.version === manifest.version && taken.platform === platform,
    );
    if (isBusy || wasTaken || stable === manifest.version) continue;
    if (stable !== null && !isForced) continue;
    await store.updatePlatform(trx, platform, { stable: manifest.version, previous: stable });
    adopted.push(platform);
  }
  if (adopted.length > 0) {
    await audit(trx, {
      at: now,
      by: start_actor,
      action: "platforms.adopted",
      subject: manifest.version,
      details: { platforms: adopted },
    });
    await store.raiseEpoch(trx);
  }
  return adopted;
}

/**
 * Refuses what hasn't passed what incidents demand of every version: by these very bytes, and by nobody's
 * leave.
 */
async function refuseUnmet(context: Context, version: string, manifestText: string): Answer<null> {
  const manifestSha256 = sha256Of(Buffer.from(manifestText));
  const [first, ...others] = await context.unmetDemands({ version, manifestSha256 });
  if (first === undefined) return ok(null);
  const more = others.map(({ title, incident }) => `“${title}” (${incident})`).join(", ");
  return refuse(
    "demanded_check_missing",
    `Since ${first.incident} every version must pass “${first.title}” (${first.journey}), and for ` +
      `${version} there is no green result of it${more === "" ? "" : `, nor of ${more}`}. ` +
      "Publish one that passes.",
  );
}

/** The same for a version that is known already; one that isn't is refused elsewhere. */
export async function refuseUnmetOf(context: Context, version: string): Answer<null> {
  const known = await findVersion(context.db, version);
  return known ? refuseUnmet(context, version, known.manifest) : ok(null);
}

/**
 * Makes a published version known. Its signature is verified here again, whoever hands it in. The first
 * version on a platform becomes stable there; with `adopt` any does, which production refuses. What incidents
 * demand of every version is asked of a new one, and of one that is adopted.
 */
export async function registerVersion(
  context: Context,
  given: { readonly manifest: string; readonly signature: string; readonly adopt: boolean },
): Answer<{ version: string; isNew: boolean; stableOn: readonly Platform[] }> {
  if (given.adopt && context.isProduction) return refuse("adopt_refused");
  const read = readSigned(() =>
    readManifest(Buffer.from(given.manifest), readSignature(given.signature), context.releaseKeys()),
  );
  if (!read.ok) return read;
  const manifest = read.value;
  const { version } = manifest;
  const passes = await refuseUnmet(context, version, given.manifest);
  return inTurn(context, async (trx, now) => {
    const known = await findVersion(trx, version);
    if (known && known.manifest !== given.manifest) return refuse("version_conflict");
    if (!passes.ok && (!known || given.adopt)) return passes;
    if (!known) {
      await insertVersion(trx, {
        version,
        platforms: [...manifest.platforms],
        login_protocol: manifest.loginProtocol,
        summary: manifest.summary,
        manifest: given.manifest,
        signature: given.signature,
        registered_at: now,
      });
      const details = { platforms: manifest.platforms, loginProtocol: manifest.loginProtocol };
      const entry = { at: now, by: operator_actor, action: "versions.registered", subject: version, details };
      await audit(trx, entry);
    }
    if (!known || known.withdrawn_at === null) await adopt({ trx, now }, manifest, given.adopt);
    await store.notifyChange(trx, null);
    const rows = await store.selectPlatforms(trx);
    const stableOn = rows.filter(({ stable }) => stable === version).map(({ platform }) => platform);
    return ok({ version, isNew: !known, stableOn });
  });
}

/**
 * Takes a withdrawn version from wherever it is: from under a rollout, as stable, and as a place to go back
 * to.
 */
async function leave(context: Context, { trx, now }: Turn, version: string, reason: string): Answer<null> {
  const by = operator_actor;
  for (const rollout of await store.selectRollouts(trx, { isActive: true, limit: 3 })) {
    const goesBackThere = rollout.targets.some(({ goesBackTo }) => goesBackTo === version);
    if (goesBackThere) {
      return refuse(
        "rollout_active",
        `A rollback of ${rollout.version} would go to it. Finish that one first.`,
      );
    }
    if (rollout.version !== version) continue;
    const done = await moves.rollBack(context, { trx, now, rollout, by, reason }, { evidence: null });
    if (!done.ok) return done;
  }
  for (const row of await store.selectPlatforms(trx)) {
    if (row.previous === version) await store.updatePlatform(trx, row.platform, { previous: null });
    if (row.stable !== version) continue;
    if (row.previous === null) return refuse("no_previous_stable", `It is the only one on ${row.platform}.`);
    await store.updatePlatform(trx, row.platform, { stable: row.previous, previous: null });
    await store.insertTakenBack(trx, version, { platforms: [row.platform], at: now });
  }
  return ok(null);
}

/** Takes a signed withdrawal: nobody may be on that version any more, not even by a rollback. */
export async function withdraw(
  context: Context,
  given: { readonly version: string; readonly withdrawal: string; readonly signature: string },
): Answer<{ version: string }> {
  const read = readSigned(() => readWithdrawal(given.withdrawal, given.signature, context.releaseKeys()));
  if (!read.ok) return read;
  const { version, reason } = read.value;
  if (version !== given.version) return refuse("version_refused", `The withdrawal is of ${version}.`);
  return inTurn(context, async (trx, now) => {
    const known = await findVersion(trx, version);
    if (!known) return refuse("version_unknown");
    if (known.withdrawn_at !== null) return ok({ version });
    const left = await leave(context, { trx, now }, version, reason);
    if (!left.ok) return left;
    await setWithdrawn(trx, version, {
      withdrawn_at: now,
      withdrawn_reason: reason,
      withdrawal: given.withdrawal,
      withdrawal_signature: given.signature,
    });
    await insertBankCall(trx, { kind: "refuse-versions", version, rolloutId: null }, now);
    const entry = { action: "versions.withdrawn", subject: version, details: { reason } };
    await audit(trx, { at: now, by: operator_actor, ...entry });
    await store.raiseEpoch(trx);
    await store.notifyChange(trx, null);
    return ok({ version });
  });
}

/**
 * Asks two people to let a version out against its checks; signed, it may be given to 1 %. What an incident
 * demands is nobody's to let go.
 */
export async function overrideChecks(
  context: Context,
  by: Actor,
  given: { readonly version: string; readonly commandId: string; readonly reason: string },
): Answer<Commanded> {
  const { version, commandId, reason } = given;
  const checks = await context.checksOf(version);
  const passes = await refuseUnmetOf(context, version);
  const asked = ["override-checks", by.id, version, reason];
  return carryOut(context, { id: commandId, asked }, async (trx, now) => {
    const known = await findVersion(trx, version);
    if (!known) return refuse("version_unknown");
    if (known.withdrawn_at !== null) return refuse("version_withdrawn");
    if (checks?.state === "green") return refuse("checks_green");
    if (!passes.ok) return passes;
    const counts = context.people.last();
    const tally =
      checks === null ? "it was never checked" : `${checks.tally.total - checks.tally.green} checks are red`;
    return openApproval(
      context,
      { trx, now, by },
      {
        effect: { kind: "override-checks", version },
        version,
        rolloutId: null,
        people: Math.ceil(peopleOn(counts, { platforms: known.platforms }) * 0.01),
        what: `let ${version} out to at most 1 % on ${known.platforms.join(", ")} although ${tally}`,
        reason,
      },
    );
  });
}
