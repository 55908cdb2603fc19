import { err, type Clock, type Random } from "@mainstay/kernel";
import type { ChecksService } from "@mainstay/checks";
import { carryOutOnce, inTransaction, type Command, type Database, type Logger } from "@mainstay/platform";
import type { RolloutsService } from "@mainstay/rollouts";
import type { SignalReads } from "@mainstay/signals";
import { appendAudit } from "@mainstay/staff";
import * as store from "./store.ts";
import type { Actor, Answer, Refusal } from "./types.ts";

/** Somebody was out from then till then, as the bank is asked about it. */
export type OutSpan = { readonly customer: string; readonly from: Date; readonly until: Date };

/** What incidents are made of. */
export type IncidentsDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly rollouts: Pick<
    RolloutsService,
    "eventsAfter" | "historyOf" | "find" | "latestRollouts" | "knownVersions" | "publicationOf" | "overrideOf"
  >;
  readonly signals: Pick<SignalReads, "arrivalsAfter" | "numberBefore" | "historiesOf" | "outcomes">;
  readonly checks: Pick<ChecksService, "matrixOf">;
  /** Asks the bank how many payments of these customers waited; throws where it can't be reached. */
  readonly paymentsDelayed: (spans: readonly OutSpan[]) => Promise<number>;
  /** Where a test may end the worker, as a killed process ends. */
  readonly atStep?: (step: "read" | "written" | "committed") => void;
};

export type Context = IncidentsDeps & { readonly db: store.IncidentsDb };

/** How far by control's clock a time may lie ahead that somebody gives, in milliseconds. */
export const ahead_ms_max = 60_000;

/** Says whether a time that somebody gives lies in the future. */
export function isAhead(at: Date, now: Date): boolean {
  return at.getTime() > now.getTime() + ahead_ms_max;
}

/** A refusal as a command answers it. */
export function refuse(
  code: Refusal["code"],
  detail?: string,
): { readonly ok: false; readonly error: Refusal } {
  return err(detail === undefined ? { code } : { code, detail });
}

/** A change's transaction, and what it found when its turn came. */
export type Turn = {
  readonly trx: store.IncidentsTransaction;
  readonly now: Date;
  readonly register: { readonly last_number: bigint; readonly events_read: bigint };
};

/** Runs a change of incidents: alone, whichever process makes another one, and whole or not at all. */
export async function inTurn<T>(
  context: Pick<Context, "db" | "clock">,
  work: (turn: Turn) => Answer<T>,
): Answer<T> {
  return inTransaction(context.db, async (trx) => {
    const register = await store.lockRegister(trx);
    return work({ trx, now: context.clock.now(), register });
  });
}

/**
 * Carries out a command of staff once and answers the incident's id: the same id again answers what it
 * answered then, and another command under a known id is refused.
 */
export async function carryOut(
  context: Pick<Context, "db" | "clock">,
  command: Command,
  work: (turn: Turn) => Answer<string>,
): Answer<string> {
  return inTurn(context, (turn) =>
    carryOutOnce<string, Refusal>(command, {
      find: async (id) => {
        const known = await store.findCommand(turn.trx, id);
        return known && { asked: known.asked, answer: JSON.parse(known.answer) as string };
      },
      keep: ({ id, asked, answer }) =>
        store.insertCommand(turn.trx, { id, asked, answer: JSON.stringify(answer), at: turn.now }),
      taken: { code: "command_id_taken" },
      work: () => work(turn),
    }),
  );
}

/** Writes what somebody did into the audit, in the transaction of what was done. */
export async function audit(
  turn: Pick<Turn, "trx" | "now">,
  entry: {
    readonly by: Actor;
    readonly action: string;
    readonly subject: string;
    readonly details: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { by, action, subject, details } = entry;
  await appendAudit(turn.trx, { at: turn.now, actor: by, action, subject, details });
}
