import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "typebox/value";
import type { Clock } from "@mainstay/kernel";
import type { Logger } from "@mainstay/platform";
import { plan_lease_ms_max, PlanSchema, type Plan, type Platform } from "@mainstay/wire";
import { PlanUnreachedError, type ControlClient } from "./control-client.ts";

/** How long the edge waits before it asks control again after a failure, in milliseconds: ever longer. */
export const retry_ms = { min: 250, max: 2_000 } as const;
/** How often the emergency file is looked at, in milliseconds. */
export const emergency_ms = 1_000;
/** The file by which a version is taken back at the edge itself, in the edge's state folder. */
export const emergency_file = "taken-back.json";
const plan_file = "plan.json";

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

/** Reads a JSON file that has a shape; null where it isn't there or isn't that. */
async function readShaped<T>(path: string, check: (value: unknown) => value is T): Promise<T | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    return check(value) ? value : null;
  } catch {
    return null;
  }
}

const isPlan = (value: unknown): value is Plan => Value.Check(PlanSchema, value);
const isEmergency = (value: unknown): value is Plan["takenBack"] =>
  Value.Check(PlanSchema.properties.takenBack, value);

/** Keeps the plan on disk, whole or not at all; an edge that can't write goes on without. */
async function writePlan({ folder, log }: Deps, plan: Plan): Promise<void> {
  const path = join(folder, plan_file);
  const half = `${path}.half`;
  try {
    await writeFile(half, JSON.stringify(plan), { mode: 0o600 });
    await rename(half, path);
  } catch (error) {
    log.error({ reason: String(error) }, "the plan can't be kept: a start without control will have none");
  }
}

/** Makes the keeper; it does nothing until it is started. */
export function createPlanKeeper(deps: Deps): PlanKeeper {
  const { folder, control, clock, log } = deps;
  const listeners: (() => void)[] = [];
  const stopping = new AbortController();
  let known: KnownPlan = { plan: null, emergency: [] };
  let heardAt_ms = Number.NEGATIVE_INFINITY;
  let emergencySeen = "";
  let polling: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  function change(next: KnownPlan): void {
    known = next;
    for (const listener of listeners) listener();
  }

  async function readEmergency(): Promise<void> {
    const path = join(folder, emergency_file);
    const found = await stat(path).catch(() => null);
    const seen = found === null ? "" : `${found.mtimeMs}/${found.size}`;
    if (seen === emergencySeen) return;
    const emergency = found === null ? [] : await readShaped(path, isEmergency);
    // A file that is half written or garbled takes nothing back and gives nothing free: it is read again.
    if (emergency === null) {
      log.error({ path }, "the file of versions taken back at the edge can't be read: write it again");
      return;
    }
    emergencySeen = seen;
    change({ ...known, emergency });
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
        if (plan === null || plan.epoch === known.plan?.epoch) continue;
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
      const plan = await readShaped(join(folder, plan_file), isPlan);
      change({ ...known, plan });
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
