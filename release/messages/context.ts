import { createHash } from "node:crypto";
import { err, ok, type Result } from "@mainstay/kernel";
import { appendAudit, type StaffMember } from "@mainstay/staff";
import { findCommand, insertCommand, type MessagesTransaction } from "./message-store.ts";
import type { Answer, Context, Refusal } from "./types.ts";

/** What a transaction throws to undo itself, with what its caller is told. */
class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** A refusal as a command answers it. */
export function refuse(
  code: Refusal["code"],
  detail?: string,
): { readonly ok: false; readonly error: Refusal } {
  return err(detail === undefined ? { code } : { code, detail });
}

/** Runs a change whole or not at all: what it refuses is undone. */
export async function inTransaction<T>(
  { db, clock }: Context,
  work: (trx: MessagesTransaction, now: Date) => Answer<T>,
): Answer<T> {
  try {
    return await db.transaction().execute(async (trx) => {
      const result = await work(trx, clock.now());
      if (!result.ok) throw new RefusedError(result.error);
      return result;
    });
  } catch (error) {
    if (error instanceof RefusedError) return err(error.refusal);
    throw error;
  }
}

/** A command: its id, which its giver made, and all that makes it this one and no other. */
export type Command = { readonly id: string; readonly asked: readonly unknown[] };

/**
 * Carries out a command once, and answers the message that it was of. The same id again changes nothing;
 * another command under a known id is refused.
 */
export async function carryOut(
  context: Context,
  command: Command,
  work: (trx: MessagesTransaction, now: Date) => Answer<string>,
): Answer<string> {
  const asked = createHash("sha256").update(JSON.stringify(command.asked)).digest();
  return inTransaction(context, async (trx, now): Promise<Result<string, Refusal>> => {
    const known = await findCommand(trx, command.id);
    if (known) return known.asked.equals(asked) ? ok(known.message_id) : refuse("command_id_taken");
    const done = await work(trx, now);
    if (done.ok) await insertCommand(trx, { id: command.id, asked, message_id: done.value, at: now });
    return done;
  });
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
