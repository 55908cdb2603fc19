import { mkdir } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "@mainstay/kernel";
import type { Logger } from "@mainstay/platform";
import { plan_lease_ms_max, type Plan, type Platform } from "@mainstay/wire";
import { PlanUnreachedError, type ControlClient } from "./control-client.ts";
import { createEmergencyReader, readPlan, writePlan } from "./plan-files.ts";

/** How long the edge waits before it asks control again after a failure, in milliseconds: ever longer. */
export const retry_ms = { min: 250, max: 2_000 } as const;
/** How often the emergency file is looked at, in milliseconds. */
export const emergency_ms = 1_000;

/** What the edge knows of who gets which version. */
export type KnownPlan = {
  /** Null while control was never reached, and none is on disk. */
  readonly plan: Plan | null;
  /** Taken back by the emergency file, whatever the plan says. */
  readonly emergency: Plan["takenBack"];
};

/** Where the plan comes from. */
export type PlanSource = {
  readonly known: () => KnownPlan;
  /** How long ago control was heard last, in milliseconds; infinite where it wasn't since the start. */
  readonly ageMs: () => number;
  /** Calls back whenever what is known has changed. */
  readonly onChange: (listener: () => void) => void;
};

/** Says whether a version may be on nobody's device of a platform. */
export function isTakenBack({ plan, emergency }: KnownPlan, version: string, platform: Platform): boolean {
  const names = (entry: Plan["takenBack"][number]) =>
    entry.version === version && entry.platforms.includes(platform);
  return emergency.some(names) || (plan?.takenBack.some(names) ?? false);
}

/** Says whether control's word still holds (`plan_lease_ms_max`). */
export function isFresh(source: PlanSource): boolean {
  return source.ageMs() <= plan_lease_ms_max;
}

/** Keeps the plan: by long polls to control, and on disk for a start without control. */
export type PlanKeeper = PlanSource & {
  /** Reads what is on disk, and asks control from then on until it is stopped. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Looks at the emergency file now. */
  readonly readEmergency: () => Promise<void>;
};

type Deps = {
  /** The edge's state folder. */
  readonly folder: string;
  readonly control: ControlClient;
  readonly clock: Clock;
  readonly log: Logger;
};

/** Makes the keeper; it does nothing until it is started. */
export function createPlanKeeper(deps: Deps): PlanKeeper {
  const { folder, control, clock, log } = deps;
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let known: KnownPlan = { plan: null, emergency: [] };
  let heardAt_ms = Number.NEGATIVE_INFINITY;
  const lookForEmergency = createEmergencyReader(deps);
  let polling: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  function change(next: KnownPlan): void {
    known = next;
    for (const listener of listeners) listener();
  }

  async function readEmergency(): Promise<void> {
    const emergency = await lookForEmergency();
    if (emergency !== null) change({ ...known, emergency });
  }

  async function poll(): Promise<void> {
    let failures = 0;
    // The first question doesn't say what is on disk: whatever control knows now counts.
    for (let after: number | null = null; !stopping.signal.aborted;) {
      try {
        const plan: Plan | null = await control.fetchPlan(after, stopping.signal);
        heardAt_ms = clock.now().getTime();
        if (failures > 0) log.info({ failures }, "control is back");
        failures = 0;
        after = plan?.epoch ?? after;
        if (plan === null || isDeepStrictEqual(plan, known.plan)) continue;
        change({ ...known, plan });
        await writePlan(deps, plan);
      } catch (error) {
        if (stopping.signal.aborted) return;
        failures += 1;
        if (failures === 1)
          log.warn({ reason: String(error) }, "control can't be reached: going on by the lease");
        if (!(error instanceof PlanUnreachedError)) after = null;
        await control.pause(Math.min(retry_ms.min * 2 ** (failures - 1), retry_ms.max), stopping.signal);
      }
    }
  }

  return {
    known: () => known,
    ageMs: () => clock.now().getTime() - heardAt_ms,
    onChange: (listener) => void listeners.push(listener),
    readEmergency,
    start: async () => {
      await mkdir(folder, { recursive: true });
      change({ ...known, plan: await readPlan(deps) });
      await readEmergency();
      timer = setInterval(() => void readEmergency(), emergency_ms);
      polling = poll();
    },
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await polling;
    },
  };
}
