import { assert } from "@mainstay/kernel";
import type { AccountId } from "./types.ts";

/** The book that the bank's accounts stand in until one machine is too small. */
export const book_id = "gb1";

// Printable ASCII without quotes, backslash and braces: ids pass through array literals and into logs as they
// are.
const transfer_pattern = /^[A-Za-z0-9][A-Za-z0-9_:.@/+-]{0,119}$/;
const account_pattern = /^[a-z][a-z0-9]{0,15}:[A-Za-z0-9_.@/+-]{1,103}$/;
const kind_pattern = /^[a-z][a-z0-9-]{0,39}$/;

/** Says whether a text can be a transfer's id. */
export function isTransferId(text: string): boolean {
  return transfer_pattern.test(text);
}

/** Says whether a text can be an account's id. */
export function isAccountId(text: string): text is AccountId {
  return account_pattern.test(text);
}

/** Says whether a text can be a transfer's kind. */
export function isKind(text: string): boolean {
  return kind_pattern.test(text);
}

/** The ledger's name for an account of the bank: `accountId("acc_…")` is `gb1:acc_…`. */
export function accountId(rest: string): AccountId {
  const id = `${book_id}:${rest}`;
  assert(isAccountId(id), `not an account's id: ${id}`);
  return id;
}

/**
 * The id of a later step of a command: `derivedId("pay_…", "capture")` is `pay_…/capture`. The command's
 * first post has the command's own id or a derived one; whoever recovers the command derives the same ids and
 * so gets the same outcomes.
 */
export function derivedId(commandId: string, step: string): string {
  const id = `${commandId}/${step}`;
  assert(isTransferId(id), `not a transfer's id: ${id}`);
  return id;
}
