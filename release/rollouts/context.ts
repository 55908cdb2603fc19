import { err, type Clock, type Random } from "@mainstay/kernel";
import type { AcceptedKeys } from "@mainstay/catalog";
import type { ChecksService, VersionChecks } from "@mainstay/checks";
import { carryOutOnce, inTransaction, type Command, type Database, type Logger } from "@mainstay/platform";
import { appendAudit, type Confirmations } from "@mainstay/staff";
import type { PeopleCount } from "./people.ts";
import { findCommand, insertCommand, lockPlan, type RolloutsDb, type RolloutsTransaction } from "./store.ts";
import type { Actor, Answer, Commanded, Refusal } from "./types.ts";

/** What the service of rollouts is made of. */
export type RolloutsDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** The latest checks of a version; null where there are none. */
  readonly checksOf: (version: string) => Promise<VersionChecks | null>;
  readonly checksOfAll: () => Promise<ReadonlyMap<string, VersionChecks>>;
  /** What incidents demand of a version's very bytes and they haven't passed. */
  readonly unmetDemands: ChecksService["unmetDemands"];
  /** Reads the public keys by which versions are signed; they may change while control runs. */
  readonly releaseKeys: () => AcceptedKeys;
  readonly confirmations: Confirmations;
  /** In production no version becomes stable but by a rollout. */
  readonly isProduction: boolean;
  /** Told after a person has ended a pause or a hold, so that the guard begins anew there. */
  readonly onResumed: (rolloutId: string) => Promise<void>;
};

export type Context = RolloutsDeps & { readonly db: RolloutsDb; readonly people: PeopleCount };

/** A refusal as a command answers it. */
export function refuse(
  code: Refusal["code"],
  detail?: string,
): { readonly ok: false; readonly error: Refusal } {
  return err(detail === undefined ? { code } : { code, detail });
}

/**
 * Runs a change of what is rolled out: alone, whichever process makes another one, and whole or not at all.
 * What it refuses is undone.
 */
export async function inTurn<T>(
  context: Context,
  work: (trx: RolloutsTransaction, now: Date) => Answer<T>,
): Answer<T> {
  await context.people.prepare();
  return inTransaction(context.db, async (trx) => {
    await lockPlan(trx);
    return work(trx, context.clock.now());
  });
}

/**
 * Carries out a command once: the same id again answers what it answered then, and another command under a
 * known id is refused.
 */
export async function carryOut(
  context: Context,
  command: Command,
  work: (trx: RolloutsTransaction, now: Date) => Answer<Commanded>,
): Answer<Commanded> {
  return inTurn(context, (trx, now) =>
    carryOutOnce<Commanded, Refusal>(command, {
      find: async (id) => {
        const known = await findCommand(trx, id);
        return known && { asked: known.asked, answer: JSON.parse(known.answer) as Commanded };
      },
      keep: ({ id, asked, answer }) =>
        insertCommand(trx, { id, asked, answer: JSON.stringify(answer), at: now }),
      taken: { code: "command_id_taken" },
      work: () => work(trx, now),
    }),
  );
}

/** Writes what somebody did into the audit, in the transaction of what was done. */
export async function audit(
  trx: RolloutsTransaction,
  entry: {
    readonly at: Date;
    readonly by: Actor;
    readonly action: string;
    readonly subject: string;
    readonly details: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { at, by, action, subject, details } = entry;
  await appendAudit(trx, { at, actor: by, action, subject, details });
}
