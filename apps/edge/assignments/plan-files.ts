import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Value } from "typebox/value";
import type { Logger } from "@mainstay/platform";
import { PlanSchema, type Plan } from "@mainstay/wire";

/** The file by which a version is taken back at the edge itself, in the edge's state folder. */
export const emergency_file = "taken-back.json";
const plan_file = "plan.json";

type Deps = {
  /** The edge's state folder. */
  readonly folder: string;
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
export async function writePlan({ folder, log }: Deps, plan: Plan): Promise<void> {
  const path = join(folder, plan_file);
  const half = `${path}.half`;
  try {
    await writeFile(half, JSON.stringify(plan), { mode: 0o600 });
    await rename(half, path);
  } catch (error) {
    log.error({ reason: String(error) }, "the plan can't be kept: a start without control will have none");
  }
}

/** Reads the plan that was kept; null where there is none, or only half of one. */
export function readPlan({ folder }: Deps): Promise<Plan | null> {
  return readShaped(join(folder, plan_file), isPlan);
}

/**
 * Reads the emergency file whenever it has changed: what it takes back, or null where nothing has changed. A
 * file that is half written or garbled takes nothing back and gives nothing free: it is read again.
 */
export function createEmergencyReader({ folder, log }: Deps): () => Promise<Plan["takenBack"] | null> {
  const path = join(folder, emergency_file);
  let read = "";
  return async () => {
    const found = await stat(path).catch(() => null);
    const seen = found === null ? "" : `${found.mtimeMs}/${found.size}`;
    if (seen === read) return null;
    const emergency = found === null ? [] : await readShaped(path, isEmergency);
    if (emergency === null) {
      log.error({ path }, "the file of versions taken back at the edge can't be read: write it again");
      return null;
    }
    read = seen;
    return emergency;
  };
}
