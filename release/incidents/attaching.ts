import type { RolloutRecord } from "@mainstay/rollouts";
import type { Context, Turn } from "./context.ts";
import { writeLine } from "./lines.ts";
import { lineOf } from "./rollout-lines.ts";
import * as store from "./store.ts";
import type { Scope } from "./types.ts";

/** Ties an incident to the latest rollouts of the versions that it is about, on its platforms. */
export async function attachVersions(
  context: Context,
  turn: Turn,
  given: { readonly incidentId: string; readonly scope: Pick<Scope, "versions" | "platforms"> },
): Promise<void> {
  const { incidentId, scope } = given;
  if (scope.versions.length === 0) return;
  const latest = await context.rollouts.latestRollouts();
  for (const rollout of latest.toReversed()) {
    const isMeant = scope.versions.includes(rollout.version);
    const isThere =
      scope.platforms.length === 0 ||
      rollout.targets.some(({ platform }) => scope.platforms.includes(platform));
    if (isMeant && isThere) await attachRollout(context, turn, { incidentId, rollout });
  }
}

/** Ties a rollout to an incident: its events up to now, and how its version came to be, are told there. */
export async function attachRollout(
  context: Context,
  turn: Turn,
  given: { readonly incidentId: string; readonly rollout: RolloutRecord },
): Promise<void> {
  const { incidentId, rollout } = given;
  const isNew = await store.insertRollout(turn.trx, incidentId, { id: rollout.id, at: turn.now });
  if (!isNew) return;
  const { version } = rollout;
  const publication = await context.rollouts.publicationOf(version);
  if (publication !== null) {
    const { manifest, registeredAt } = publication;
    await writeLine(turn, incidentId, {
      ...{ kind: "published", title: `${version} published`, detail: manifest.summary, by: null },
      ...{ at: registeredAt, happening: `published:${version}` },
    });
  }
  const override = await context.rollouts.overrideOf(version);
  if (override?.state === "carried-out" && override.decidedAt !== null) {
    await writeLine(turn, incidentId, {
      ...{ kind: "override", title: `${version} let out against its checks`, detail: override.reason },
      ...{ by: override.second ?? override.first, at: new Date(override.decidedAt) },
      happening: `override:${override.id}`,
    });
  }
  for (const event of await context.rollouts.historyOf(rollout.id)) {
    const line = lineOf(event);
    if (line !== null) await writeLine(turn, incidentId, line);
  }
}
