import { createHash } from "node:crypto";
import { addMs, type Clock } from "@mainstay/kernel";
import type { Mailer, MailProvider } from "@mainstay/mail";
import { sleep } from "@mainstay/platform";
import type { StaffMember } from "@mainstay/staff";
import type { ConsoleStatus, Status, StatusRevision } from "@mainstay/wire";
import * as commands from "./commands.ts";
import { judgeAll, type JudgingDeps } from "./judging.ts";
import { forgetMails, forgetUnconfirmed } from "./mail-store.ts";
import { runSender, sendNext, type MailDeps } from "./mails.ts";
import { readForConsole, readStatus } from "./reading.ts";
import * as store from "./store.ts";
import { confirm_ms_max, createSubscriptions, type Subscriptions } from "./subscriptions.ts";
import type { StatusDb, StatusTables } from "./tables.ts";

/** How often components are judged when nothing calls for it, in milliseconds. */
export const turn_ms = 3_000;
/** How often what is old is forgotten, in milliseconds, and after how long. */
const forget_ms = 60 * 60_000;
const day_ms = 24 * 60 * 60_000;
export const mail_days_max = 30;
const command_days_max = 90;

/** What the status page is made of. */
export type StatusDeps = JudgingDeps & {
  /** What customers call the edge by. */
  readonly origin: string;
  readonly edgeSecret: string;
  readonly mailer: Mailer;
  readonly mailProvider: Pick<MailProvider, "find"> | null;
  /** Tells that there may be news: after a round of probes, after a change of an incident. */
  readonly listen: (hear: () => void) => () => void;
};

/** The status page as control runs it. */
export type StatusService = {
  readonly read: () => Promise<Status>;
  /** What the page says, where it differs from that revision. */
  readonly readAfter: (revision: string | null) => Promise<StatusRevision>;
  readonly readForConsole: () => Promise<ConsoleStatus>;
  readonly override: (
    by: StaffMember,
    given: Parameters<typeof commands.overrideComponent>[2],
  ) => ReturnType<typeof commands.overrideComponent>;
  readonly addUpdate: (
    by: StaffMember,
    given: Parameters<typeof commands.addUpdate>[2],
  ) => ReturnType<typeof commands.addUpdate>;
  readonly amendUpdate: (
    by: StaffMember,
    given: Parameters<typeof commands.amendUpdate>[2],
  ) => ReturnType<typeof commands.amendUpdate>;
  readonly subscriptions: Subscriptions;
  /** Judges everything once; true where something has changed. `start` does it by itself. */
  readonly work: () => Promise<boolean>;
  /** Sends one mail that is due. `start` does it by itself. */
  readonly sendNext: () => Promise<boolean>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** Makes what forgets, once an hour, what is old. */
function createForgetting(db: StatusDb, clock: Clock): () => Promise<void> {
  let forgottenAt_ms = 0;
  return async () => {
    const now = clock.now();
    if (now.getTime() - forgottenAt_ms < forget_ms) return;
    await forgetMails(db, addMs(now, -mail_days_max * day_ms));
    await forgetUnconfirmed(db, addMs(now, -confirm_ms_max));
    await store.forgetCommands(db, addMs(now, -command_days_max * day_ms));
    forgottenAt_ms = now.getTime();
  };
}

/** Makes the status page; nothing runs before `start`. */
export function createStatus(deps: StatusDeps): StatusService {
  const { database, clock, log, origin } = deps;
  const db = database.sql.withTables<StatusTables>();
  const subscriptions = createSubscriptions(deps);
  const sender: MailDeps = {
    ...{ db, clock, log, origin, subscriptions },
    mailer: deps.mailer,
    provider: deps.mailProvider,
  };
  const stopping = new AbortController();
  const waiting = { wake: new AbortController() };
  let running: Promise<unknown> = Promise.resolve();
  const forget = createForgetting(db, clock);
  const wake = (): void => waiting.wake.abort();

  async function work(): Promise<boolean> {
    return judgeAll(deps);
  }

  /** A change by hand shows at once. */
  async function judged<T>(answer: Promise<T>): Promise<T> {
    const result = await answer;
    await work();
    return result;
  }

  async function loop(): Promise<void> {
    const unlisten = deps.listen(wake);
    while (!stopping.signal.aborted) {
      waiting.wake = new AbortController();
      const woken = AbortSignal.any([stopping.signal, waiting.wake.signal]);
      await work()
        .then(forget)
        .catch((error: unknown) =>
          log.warn({ error }, "the status page couldn't be judged and will be again"),
        );
      await sleep(turn_ms, woken);
    }
    unlisten();
  }

  return {
    read: () => readStatus(deps),
    readAfter: async (revision) => {
      const status = await readStatus(deps);
      const now = createHash("sha256").update(JSON.stringify(status)).digest("base64url");
      return { revision: now, status: now === revision ? null : status };
    },
    readForConsole: () => readForConsole(deps),
    override: (by, given) => judged(commands.overrideComponent(deps, by, given)),
    addUpdate: (by, given) => commands.addUpdate(deps, by, given),
    amendUpdate: (by, given) => commands.amendUpdate(deps, by, given),
    subscriptions,
    work,
    sendNext: () => sendNext(sender),
    start: () => {
      running = Promise.all([loop(), runSender(sender, stopping.signal)]);
    },
    stop: async () => {
      stopping.abort();
      deps.mailer.close();
      await running;
    },
  };
}
