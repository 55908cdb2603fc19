import { createHash } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import { err, ok, type Result } from "@mainstay/kernel";

/** What a transaction throws to undo itself, with what its caller is told. */
class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly refusal: unknown;
  constructor(refusal: unknown) {
    super("refused");
    this.refusal = refusal;
  }
}

/** Runs a change in a transaction, whole or not at all: what it refuses is undone. */
export async function inTransaction<Tables, T, Refusal>(
  db: Kysely<Tables>,
  work: (trx: Transaction<Tables>) => Promise<Result<T, Refusal>>,
): Promise<Result<T, Refusal>> {
  try {
    return await db.transaction().execute(async (trx) => {
      const result = await work(trx);
      if (!result.ok) throw new RefusedError(result.error);
      return result;
    });
  } catch (error) {
    if (error instanceof RefusedError) return err(error.refusal as Refusal);
    throw error;
  }
}

/** A command: its id, which its giver made, and all that makes it this one and no other. */
export type Command = { readonly id: string; readonly asked: unknown };

/** A command that was carried out: SHA-256 of what was asked, and what was answered. */
export type CommandDone<Answer> = { readonly asked: Buffer; readonly answer: Answer };

/**
 * Carries out a command once, in the caller's transaction: the same id again answers what it answered then,
 * and another command under a known id is refused as `taken`. What is refused isn't kept.
 */
export async function carryOutOnce<Answer, Refusal>(
  command: Command,
  parts: {
    readonly find: (id: string) => Promise<CommandDone<Answer> | undefined>;
    readonly keep: (done: CommandDone<Answer> & { readonly id: string }) => Promise<void>;
    readonly taken: Refusal;
    readonly work: () => Promise<Result<Answer, Refusal>>;
  },
): Promise<Result<Answer, Refusal>> {
  const asked = createHash("sha256").update(JSON.stringify(command.asked)).digest();
  const known = await parts.find(command.id);
  if (known) return known.asked.equals(asked) ? ok(known.answer) : err(parts.taken);
  const done = await parts.work();
  if (done.ok) await parts.keep({ id: command.id, asked, answer: done.value });
  return done;
}
