import { ok } from "@mainstay/kernel";
import { compareVersions } from "@mainstay/catalog";
import type { Platform, PutPlatform } from "@mainstay/wire";
import { insertEvent } from "./event-store.ts";
import { openApproval } from "./approvals.ts";
import { audit, carryOut, refuse, type Context } from "./context.ts";
import { peopleOn } from "./people.ts";
import * as store from "./store.ts";
import type { Actor, Answer, Commanded, PlatformRecord } from "./types.ts";
import { insertBankCall } from "./version-store.ts";

type Turn = { readonly trx: store.RolloutsTransaction; readonly now: Date; readonly by: Actor };
type Settings = Pick<PlatformRecord, "recommended" | "minimum" | "storeUrl">;

function isAbove(version: string | null, other: string | null): boolean {
  return version !== null && other !== null && compareVersions(version, other) > 0;
}

/**
 * Says whether these settings fit a platform: the minimum is at most what is recommended. On the web it is
 * the app's own version, so at most what is stable, and what a rollback of it would go to; on ios and android
 * both are versions of the shell from the store.
 */
function fits(row: PlatformRecord, set: Settings): boolean {
  if (isAbove(set.minimum, set.recommended)) return false;
  if (row.platform !== "web" || set.minimum === null) return true;
  return row.stable !== null && !isAbove(set.minimum, row.stable) && !isAbove(set.minimum, row.previous);
}

/** Sets what a platform's app should and must be, in the turn of a command. */
export async function setPlatform(
  _context: Context,
  { trx, now, by }: Turn,
  given: { readonly platform: Platform; readonly set: Settings; readonly reason: string },
): Answer<Commanded> {
  const { platform, set, reason } = given;
  const row = store.platformOf(await store.selectPlatforms(trx), platform);
  if (!fits(row, set)) return refuse("minimum_too_high");
  await store.updatePlatform(trx, platform, set);
  const before = { recommended: row.recommended, minimum: row.minimum, storeUrl: row.storeUrl };
  const details = { before, after: set, reason };
  await audit(trx, { at: now, by, action: "platforms.set", subject: platform, details });
  await store.raiseEpoch(trx);
  await store.notifyChange(trx, null);
  return ok({ rollout: null, state: null, approval: null });
}

/** The same by a person: a minimum that rises shuts people out, so two sign it. */
export async function putPlatform(
  context: Context,
  by: Actor,
  given: { readonly platform: Platform; readonly put: PutPlatform },
): Answer<Commanded> {
  const { platform, put } = given;
  const { recommended, minimum, storeUrl, reason, commandId } = put;
  const set: Settings = { recommended, minimum, storeUrl };
  const asked = ["put-platform", by.id, platform, put];
  return carryOut(context, { id: commandId, asked }, async (trx, now) => {
    const row = store.platformOf(await store.selectPlatforms(trx), platform);
    if (!fits(row, set)) return refuse("minimum_too_high");
    const rises = minimum !== null && (row.minimum === null || isAbove(minimum, row.minimum));
    if (!rises) return setPlatform(context, { trx, now, by }, { platform, set, reason });
    const counts = context.people.last();
    const below = counts.filter(({ version }) => isAbove(minimum, version));
    return openApproval(
      context,
      { trx, now, by },
      {
        effect: { kind: "raise-minimum", platform, set },
        version: null,
        rolloutId: null,
        people: peopleOn(below, { platforms: [platform] }),
        what: `on ${platform} let in nothing older than ${minimum} (recommended: ${recommended ?? "none"})`,
        reason,
      },
    );
  });
}

/** Takes a platform's stable version back to the one before it, in a turn; no rollout may run there. */
export async function takeStableBack(
  context: Context,
  { trx, now, by }: Turn,
  given: { readonly platform: Platform; readonly reason: string },
): Answer<Commanded> {
  const { platform, reason } = given;
  const row = store.platformOf(await store.selectPlatforms(trx), platform);
  const active = await store.selectRollouts(trx, { isActive: true, limit: 3 });
  const running = active.find(({ targets }) => targets.some((target) => target.platform === platform));
  if (running) {
    return refuse(
      "rollout_active",
      `Roll ${running.version} back first: it would have nothing to go back to.`,
    );
  }
  if (row.stable === null) return refuse("no_stable");
  if (row.previous === null) return refuse("no_previous_stable");
  const people = peopleOn(context.people.last(), { platforms: [platform], version: row.stable });
  await store.updatePlatform(trx, platform, { stable: row.previous, previous: null });
  await store.insertTakenBack(trx, row.stable, { platforms: [platform], at: now });
  await insertBankCall(trx, { kind: "lift-failures", version: row.stable, rolloutId: null }, now);
  const details = { from: row.stable, to: row.previous, people, reason };
  const [latest] = await store.selectRollouts(trx, { version: row.stable, platform, limit: 1 });
  if (latest) {
    const change = { share: null, people, reason, details: { ...details, platform } };
    await insertEvent(trx, { rolloutId: latest.id, at: now, kind: "rolled-back", by, ...change });
  }
  await audit(trx, { at: now, by, action: "platforms.stable-rolled-back", subject: platform, details });
  await store.raiseEpoch(trx);
  await store.notifyChange(trx, latest?.id ?? null);
  return ok({ rollout: latest?.id ?? null, state: latest?.state ?? null, approval: null });
}

/** The same as a command. `expectedStable` is what its giver saw; an operator at the machine sees nothing. */
export async function rollBackStable(
  context: Context,
  by: Actor,
  given: {
    readonly platform: Platform;
    readonly commandId: string;
    readonly expectedStable: string | null;
    readonly reason: string;
  },
): Answer<Commanded> {
  const { platform, commandId, expectedStable, reason } = given;
  const asked = ["roll-back-stable", by.id, platform, expectedStable, reason];
  return carryOut(context, { id: commandId, asked }, async (trx, now) => {
    const { stable } = store.platformOf(await store.selectPlatforms(trx), platform);
    if (expectedStable !== null && stable !== expectedStable) {
      return refuse("rollout_changed", `${stable ?? "Nothing"} is stable there now.`);
    }
    return takeStableBack(context, { trx, now, by }, { platform, reason });
  });
}
