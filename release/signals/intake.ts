import Compile from "typebox/compile";
import type { Clock } from "@mainstay/kernel";
import { createBatcher, type Database } from "@mainstay/platform";
import { SignalSchema, type Signal } from "@mainstay/wire";
import { insertArrivals } from "./intake-store.ts";
import type { Refusal } from "./errors.ts";
import type { RolloutsPort } from "./types.ts";

/** How far a signal's time may lie in the future by control's clock, in milliseconds. */
export const future_ms_max = 300_000;
/** How many deliveries are written in one transaction, and how many may wait for it. */
const deliveries_batch_max = 8;
const deliveries_queue_max = 64;
/** How long control's list of versions is believed before it is asked for anew, in milliseconds. */
const versions_kept_ms = 5_000;

const signal = Compile(SignalSchema);

/** What became of a delivery. */
export type Taken = {
  readonly taken: number;
  readonly refused: readonly { readonly id: string; readonly reason: Refusal }[];
};

/** Takes deliveries of signals; answers once they are durable. */
export type Intake = (delivery: readonly unknown[]) => Promise<Taken>;

/** Reads the ids and answers what can't be taken, by whoever sent it. */
export function refusalOf(
  candidate: unknown,
  known: { readonly versions: ReadonlySet<string>; readonly now: Date },
): Refusal | null {
  if (!signal.Check(candidate)) return "malformed";
  const isLogin = candidate.kind.startsWith("login-") && candidate.kind !== "login-offered";
  if (isLogin && candidate.attempt === null) return "malformed";
  const { activation } = candidate;
  const isInArm = activation.arm !== "none";
  if (isInArm !== (activation.rollout !== null)) return "malformed";
  const times = [candidate.at, candidate.begunAt, activation.issuedAt].map((text) => Date.parse(text));
  if (times.some(Number.isNaN)) return "malformed";
  if (Math.max(...times) > known.now.getTime() + future_ms_max) return "time_in_the_future";
  return known.versions.has(activation.version) ? null : "unknown_version";
}

/** The id that a refused signal is named by, as far as it has one. */
function idOf(candidate: unknown): string {
  const id: unknown = typeof candidate === "object" && candidate !== null && Reflect.get(candidate, "id");
  return typeof id === "string" ? id.slice(0, 80) : "";
}

/**
 * Makes the intake. Deliveries that arrive together are written together; a signal whose id is known already
 * is passed over, so that delivering again is harmless. `onTaken` is called when something new is durable.
 */
export function createIntake(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly rollouts: Pick<RolloutsPort, "knownVersions">;
  readonly onTaken: () => void;
}): Intake {
  const { database, clock, rollouts, onTaken } = deps;
  const versionsFor = createKnownVersions(clock, rollouts);
  const write = createBatcher<readonly Signal[], number>({
    name: "signals' intake",
    batch_max: deliveries_batch_max,
    queue_max: deliveries_queue_max,
    run: async (deliveries) => {
      const fresh = await insertArrivals(database, deliveries.flat(), clock.now());
      return deliveries.map((delivery) => delivery.filter(({ id }) => fresh.delete(id)).length);
    },
  });
  return async (delivery) => {
    const versions = await versionsFor(delivery);
    const now = clock.now();
    const refused: { id: string; reason: Refusal }[] = [];
    const fit: Signal[] = [];
    for (const candidate of delivery) {
      const reason = refusalOf(candidate, { versions, now });
      if (reason === null) fit.push(candidate as Signal);
      else refused.push({ id: idOf(candidate), reason });
    }
    const taken = fit.length === 0 ? 0 : await write(fit);
    if (taken > 0) onTaken();
    return { taken, refused };
  };
}

/** Keeps control's list of versions for a while, and asks anew when a delivery names one that isn't in it. */
function createKnownVersions(clock: Clock, rollouts: Pick<RolloutsPort, "knownVersions">) {
  let kept: { readonly versions: ReadonlySet<string>; readonly until: number } | null = null;
  return async (delivery: readonly unknown[]): Promise<ReadonlySet<string>> => {
    const now = clock.now().getTime();
    const isKept = kept !== null && now < kept.until && delivery.every((one) => knows(kept, one));
    if (kept === null || !isKept) {
      kept = { versions: await rollouts.knownVersions(), until: now + versions_kept_ms };
    }
    return kept.versions;
  };
}

function knows(kept: { readonly versions: ReadonlySet<string> } | null, candidate: unknown): boolean {
  return kept !== null && (!signal.Check(candidate) || kept.versions.has(candidate.activation.version));
}
