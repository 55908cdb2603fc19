import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Type from "typebox";
import { Value } from "typebox/value";
import type { Clock } from "@mainstay/kernel";
import { sleep, type Logger } from "@mainstay/platform";
import { headSentence, component_names, worsened, type Sight } from "@mainstay/status/page";
import { status_components, StatusSchema, TimestampSchema, type Status } from "@mainstay/wire";
import type { ControlStatus } from "./control-status.ts";

/** How often the edge asks control, and looks whether the bank is ready, in milliseconds. */
export const look_ms = 2_000;
/** After this long without control's word, in milliseconds, nothing is green any more. */
export const heard_ms_max = 20_000;
/** The bank isn't there when it has said so, or nothing, this often in a row. */
export const bank_misses_max = 2;
/** How long the bank may take to say that it is ready, in milliseconds. */
const bank_ms_max = 2_000;
/** How often the copy on disk gets the time at which control was heard, in milliseconds. */
const kept_ms = 10_000;

const kept_file = "status.json";
const KeptSchema = Type.Object({ status: StatusSchema, heardAt: TimestampSchema });

/** The status as it may be shown now. */
export type Shown = { readonly status: Status; readonly sight: Sight };

/** Keeps the edge's own copy of the status: in memory, and on disk for a start without control. */
export type StatusKeeper = {
  readonly shown: () => Shown;
  /** Asks control and the bank once. `start` does it again and again. */
  readonly look: () => Promise<void>;
  /** Reads what is on disk, and looks from then on until it is stopped. */
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

type Deps = {
  /** The edge's state folder. */
  readonly folder: string;
  readonly control: Pick<ControlStatus, "fetchStatus">;
  readonly isBankReady: () => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Logger;
};

/** What is shown before anything was ever heard: nothing is claimed. */
function unheardStatus(): Status {
  const components = status_components.map((id) => ({
    ...{ id, name: component_names[id], since: null, days: [], uptime: null },
    state: "unknown" as const,
  }));
  const sentence = headSentence(components);
  return { overall: "unknown", sentence, measuredAt: null, components, incidents: [] };
}

type Kept = Type.Static<typeof KeptSchema>;

/** Writes the copy whole or not at all; an edge that can't goes on without. */
async function writeKept(path: string, kept: Kept): Promise<void> {
  await writeFile(`${path}.half`, JSON.stringify(kept), { mode: 0o600 });
  await rename(`${path}.half`, path);
}

/** Reads the copy; null where there is none, or only half of one. */
async function readKept(path: string): Promise<Kept | null> {
  try {
    const kept: unknown = JSON.parse(await readFile(path, "utf8"));
    return Value.Check(KeptSchema, kept) ? kept : null;
  } catch {
    return null;
  }
}

/** Makes the keeper; it does nothing until it is started. */
export function createStatusKeeper(deps: Deps): StatusKeeper {
  const { folder, control, clock, log } = deps;
  const path = join(folder, kept_file);
  let status = unheardStatus();
  let revision: string | null = null;
  let heardAt: Date | null = null;
  let keptAt_ms = 0;
  let bankMisses = 0;
  let isHeard = true;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();

  async function hear(): Promise<void> {
    try {
      const answer = await control.fetchStatus(revision);
      const isNew = answer.status !== null;
      status = answer.status ?? status;
      revision = answer.revision;
      heardAt = clock.now();
      if (!isHeard) log.info("the status is told again");
      isHeard = true;
      if (isNew || heardAt.getTime() - keptAt_ms > kept_ms) await keep(heardAt);
    } catch (error) {
      if (isHeard)
        log.warn({ reason: String(error) }, "control doesn't tell the status: showing the last one");
      isHeard = false;
    }
  }

  async function keep(at: Date): Promise<void> {
    keptAt_ms = at.getTime();
    await writeKept(path, { status, heardAt: at.toISOString() }).catch((error: unknown) =>
      log.warn({ reason: String(error) }, "the status can't be kept on disk"),
    );
  }

  async function look(): Promise<void> {
    const late = sleep(bank_ms_max).then(() => false);
    const [isReady] = await Promise.all([Promise.race([deps.isBankReady(), late]), hear()]);
    bankMisses = isReady ? 0 : bankMisses + 1;
  }

  return {
    shown: () => {
      const isOld = heardAt === null || clock.now().getTime() - heardAt.getTime() > heard_ms_max;
      const sight: Sight = {
        unheardSince: isOld && heardAt !== null ? heardAt.toISOString() : null,
        isBankReady: bankMisses < bank_misses_max,
      };
      return { status: worsened(status, sight), sight };
    },
    look,
    start: async () => {
      await mkdir(folder, { recursive: true });
      const kept = await readKept(path);
      if (kept !== null) [status, heardAt] = [kept.status, new Date(kept.heardAt)];
      const again = (): void => {
        looking = look().finally(() => {
          timer = setTimeout(again, look_ms);
        });
      };
      again();
    },
    stop: async () => {
      clearTimeout(timer);
      await looking;
      clearTimeout(timer);
    },
  };
}
