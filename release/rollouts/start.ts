import { newId, ok } from "@mainstay/kernel";
import type { Platform, StartRollout } from "@mainstay/wire";
import { compareVersions } from "@mainstay/catalog";
import type { VersionChecks } from "@mainstay/checks";
import { sha256Of } from "@mainstay/platform";
import { insertEvent } from "./event-store.ts";
import { openApproval } from "./approvals.ts";
import { hasOverride } from "./approval-store.ts";
import { audit, carryOut, refuse, type Context } from "./context.ts";
import { peopleAtShare } from "./people.ts";
import {
  areStages,
  default_stages,
  needsSecondPerson,
  overridden_share_max,
  percent,
  shareGiven,
  stageOf,
} from "./stages.ts";
import * as store from "./store.ts";
import type { Actor, Answer, Commanded, RolloutRecord, StagePlan } from "./types.ts";
import { refuseUnmetOf } from "./versions.ts";
import { findVersion } from "./version-store.ts";

/** Bytes of a rollout's salt. */
const salt_bytes = 16;

/** What a start is judged by; the checks were read before its turn came. */
type Start = {
  readonly version: string;
  readonly platforms: readonly Platform[];
  readonly stages: readonly StagePlan[];
  readonly checks: VersionChecks | null;
};

/** A start that may be made: against its checks or not, and where a rollback would go. */
type MayStart = { readonly isOverridden: boolean; readonly targets: RolloutRecord["targets"] };

/** Says why a version can't be rolled out now, or what a start of it comes to. */
export async function mayStart(db: store.RolloutsDb, start: Start): Answer<MayStart> {
  const { version, platforms, stages, checks } = start;
  const known = await findVersion(db, version);
  if (!known) return refuse("version_unknown");
  if (known.withdrawn_at !== null) return refuse("version_withdrawn");
  const foreign = platforms.find((platform) => !known.platforms.includes(platform));
  if (foreign !== undefined) return refuse("platform_not_supported", `It isn't made for ${foreign}.`);
  const takenBack = await store.selectTakenBack(db);
  const active = await store.selectRollouts(db, { isActive: true, limit: 3 });
  const rows = await store.selectPlatforms(db);
  const targets: RolloutRecord["targets"][number][] = [];
  for (const platform of platforms) {
    const { stable } = store.platformOf(rows, platform);
    if (stable === null) return refuse("no_stable", `Publish a first version for ${platform}.`);
    const running = active.find((rollout) => rollout.targets.some((target) => target.platform === platform));
    if (running) return refuse("rollout_active", `${running.version} is being rolled out on ${platform}.`);
    if (takenBack.some((taken) => taken.version === version && taken.platform === platform)) {
      return refuse("version_taken_back", `It was rolled back on ${platform}.`);
    }
    if (compareVersions(version, stable) <= 0) {
      return refuse("version_not_newer", `${stable} is stable on ${platform}.`);
    }
    targets.push({ platform, goesBackTo: stable, isActive: true });
  }
  if (!areStages(stages)) return refuse("stages_invalid");
  // A result counts for the very bytes that were checked.
  const counts = checks !== null && checks.manifestSha256 === sha256Of(Buffer.from(known.manifest));
  if (counts && checks.state === "green") return ok({ isOverridden: false, targets });
  if (!(await hasOverride(db, version))) {
    if (!counts) return refuse("checks_missing");
    return refuse("checks_red", `${checks.tally.green} of ${checks.tally.total} are green.`);
  }
  if ((stages[0]?.share ?? 1) > overridden_share_max) return refuse("override_limited");
  return ok({ isOverridden: true, targets });
}

/** The parts of a start that don't change while it waits for a signature. */
export function startOf(request: StartRollout): Omit<Start, "checks"> {
  const { version, platforms, stages = default_stages } = request;
  return { version, platforms, stages };
}

/** A start in the turn of a command. */
type Begun = {
  readonly trx: store.RolloutsTransaction;
  readonly now: Date;
  readonly by: Actor;
  readonly start: Start;
  readonly reason: string | null;
  readonly isSecondSigned: boolean;
};

function newRollout(context: Context, given: Begun, may: MayStart): RolloutRecord {
  const { now, by, start, reason, isSecondSigned } = given;
  return {
    id: newId("rol", context),
    version: start.version,
    state: start.stages.length === 1 ? "finishing" : "running",
    stateSince: now,
    stage: 0,
    salt: Buffer.from(context.random.bytes(salt_bytes)).toString("hex"),
    startedAt: now,
    startedBy: by,
    isOverridden: may.isOverridden,
    secondSignedAt: isSecondSigned ? now : null,
    waitingFor: null,
    heldFor: null,
    ended: null,
    reason,
    attention: null,
    verdict: null,
    shownSince: null,
    stages: start.stages.map((stage, position) => ({
      ...stage,
      startedAt: position === 0 ? now : null,
      endedAt: null,
      stillMs: 0,
      people: null,
    })),
    targets: may.targets,
  };
}

/** Begins a rollout, in the turn of a command. */
export async function begin(context: Context, given: Begun): Answer<Commanded> {
  const { trx, now, by, start, reason } = given;
  const may = await mayStart(trx, start);
  if (!may.ok) return may;
  const rollout = newRollout(context, given, may.value);
  const { id, state, version, isOverridden } = rollout;
  await store.insertRollout(trx, rollout);
  const share = shareGiven(stageOf(rollout).share);
  const people = peopleAtShare(context.people.last(), start.platforms, share);
  const details = { version, platforms: start.platforms, isOverridden };
  const line = { rolloutId: id, at: now, by, share, people, reason, details };
  await insertEvent(trx, { ...line, kind: "started" });
  const noted = { ...details, share, reason };
  await audit(trx, { at: now, by, action: "rollouts.started", subject: id, details: noted });
  await store.raiseEpoch(trx);
  await store.notifyChange(trx, id);
  return ok({ rollout: id, state, approval: null });
}

/** Starts a rollout, or asks for the second signature where its first stage touches many. */
export async function start(context: Context, by: Actor, request: StartRollout): Answer<Commanded> {
  const checks = await context.checksOf(request.version);
  const passes = await refuseUnmetOf(context, request.version);
  const parts = { ...startOf(request), checks };
  const reason = request.reason ?? null;
  const command = { id: request.commandId, asked: ["start", by.id, request] };
  return carryOut(context, command, async (trx, now) => {
    const share = parts.stages[0]?.share ?? 1;
    // An override lets go what is red, and not what an incident demands.
    if (!passes.ok) return passes;
    if (!needsSecondPerson(share)) {
      return begin(context, { trx, now, by, start: parts, reason, isSecondSigned: false });
    }
    const may = await mayStart(trx, parts);
    if (!may.ok) return may;
    return openApproval(
      context,
      { trx, now, by },
      {
        effect: { kind: "start", request },
        version: request.version,
        rolloutId: null,
        people: peopleAtShare(context.people.last(), request.platforms, shareGiven(share)),
        what:
          `roll out ${request.version} on ${request.platforms.join(", ")}, ` +
          `beginning with ${percent(share)}`,
        reason: reason ?? "",
      },
    );
  });
}
