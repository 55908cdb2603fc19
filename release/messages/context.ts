import { err } from "@mainstay/kernel";
import { carryOutOnce, inTransaction as wholly, type Command } from "@mainstay/platform";
import { appendAudit, type StaffMember } from "@mainstay/staff";
import { findCommand, insertCommand, type MessagesTransaction } from "./message-store.ts";
import type { Answer, Context, Refusal } from "./types.ts";

/** A refusal as a command answers it. */
export function refuse(
  code: Refusal["code"],
  detail?: string,
): { readonly ok: false; readonly error: Refusal } {
  return err(detail === undefined ? { code } : { code, detail });
}

/** Runs a change whole or not at all: what it refuses is undone. */
export function inTransaction<T>(
  { db, clock }: Context,
  work: (trx: MessagesTransaction, now: Date) => Answer<T>,
): Answer<T> {
  return wholly(db, (trx) => work(trx, clock.now()));
}

/**
 * Carries out a command once, and answers the message that it was of. The same id again changes nothing;
 * another command under a known id is refused.
 */
export async function carryOut(
  context: Context,
  command: Command,
  work: (trx: MessagesTransaction, now: Date) => Answer<string>,
): Answer<string> {
  return inTransaction(context, (trx, now) =>
    carryOutOnce<string, Refusal>(command, {
      find: async (id) => {
        const known = await findCommand(trx, id);
        return known && { asked: known.asked, answer: known.message_id };
      },
      keep: ({ id, asked, answer }) => insertCommand(trx, { id, asked, message_id: answer, at: now }),
      taken: { code: "command_id_taken" },
      work: () => work(trx, now),
    }),
  );
}

/** Writes what somebody did into the audit, in the transaction of what was done. */
export async function audit(
  trx: MessagesTransaction,
  entry: {
    readonly at: Date;
    readonly by: StaffMember;
    readonly action: string;
    readonly subject: string;
    readonly details: Readonly<Record<string, unknown>>;
  },
): Promise<void> {
  const { at, by, action, subject, details } = entry;
  await appendAudit(trx, { at, actor: { id: by.id, name: by.name }, action, subject, details });
}
