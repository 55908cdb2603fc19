import { assert, present, type Money } from "@mainstay/kernel";
import { isStateCode } from "./errors.ts";
import { targetOf, type Prepared } from "./rules.ts";
import type { Outcome } from "./types.ts";

/** What ledger.post takes after the time, in its order. */
export type BatchValues = readonly (string | null)[];

/** What ledger.post answers. */
export type BatchAnswer = {
  readonly booked_at: Date;
  readonly codes: readonly (string | null)[] | null;
  readonly times: readonly Date[] | null;
  readonly amounts: readonly (string | null)[] | null;
};

/** An array literal of texts that need no escapes: ids and kinds, which are checked when they come in. */
function plainTexts(texts: readonly (string | null)[]): string {
  return `{${texts.map((text) => (text === null ? "NULL" : `"${text}"`)).join(",")}}`;
}

function escapedTexts(texts: readonly (string | null)[]): string {
  const quoted = texts.map((text) => (text === null ? "NULL" : `"${text.replaceAll(/["\\]/g, "\\$&")}"`));
  return `{${quoted.join(",")}}`;
}

/** An array literal, or NULL for the whole array when none of the transfers has the thing. */
function texts(batch: readonly Prepared[], read: (item: Prepared) => string | null): string | null {
  const values = batch.map(read);
  return values.some((value) => value !== null) ? plainTexts(values) : null;
}

function amountOf(item: Prepared): Money | undefined {
  return item.transfer.type === "release" ? undefined : item.transfer.amount;
}

function valueDateOf({ transfer }: Prepared): string | null {
  return transfer.type === "transfer" || transfer.type === "capture" ? (transfer.valueDate ?? null) : null;
}

function expiryOf({ transfer }: Prepared): string | null {
  return transfer.type === "hold" ? (transfer.expiresAt?.toISOString() ?? null) : null;
}

/** Gives each distinct id its place in ascending order; ids are ASCII, so code units order as bytes do. */
function place(ids: Iterable<string>): Map<string, number> {
  const places = new Map<string, number>();
  for (const id of [...new Set(ids)].sort()) places.set(id, places.size + 1);
  return places;
}

/** The hold that a transfer makes, captures or releases; null where it is none of these. */
function holdOf({ transfer }: Prepared): string | null {
  switch (transfer.type) {
    case "hold":
      return transfer.id;
    case "capture":
    case "release":
      return transfer.holdId;
    default:
      return null;
  }
}

/** The distinct holds of a batch, and each transfer's place among them; twice NULL where there are none. */
function encodeHolds(batch: readonly Prepared[]): readonly [string | null, string | null] {
  const holds = batch.map(holdOf);
  const places = place(holds.filter((hold) => hold !== null));
  if (places.size === 0) return [null, null];
  const listed = holds.map((hold) => (hold === null ? "NULL" : String(places.get(hold))));
  return [plainTexts([...places.keys()]), `{${listed.join(",")}}`];
}

/** Writes a batch as the arrays that ledger.post takes. */
export function encodeBatch(batch: readonly Prepared[]): BatchValues {
  const places = place(
    batch.flatMap(({ accounts }) => (accounts === null ? [] : [accounts.debit, accounts.credit])),
  );
  const debits: string[] = [];
  const credits: string[] = [];
  const amounts: string[] = [];
  const currencies: (string | null)[] = [];
  let isPlain = true;
  for (const item of batch) {
    const { accounts } = item;
    const amount = amountOf(item);
    debits.push(accounts === null ? "NULL" : String(places.get(accounts.debit)));
    credits.push(accounts === null ? "NULL" : String(places.get(accounts.credit)));
    amounts.push(amount === undefined ? "NULL" : amount.minor.toString());
    currencies.push(amount?.currency ?? null);
    isPlain &&= item.transfer.type === "transfer";
  }
  const details = batch.map((item) => item.detailsJson);
  return [
    plainTexts([...places.keys()]),
    plainTexts(batch.map((item) => item.transfer.id)),
    `{${debits.join(",")}}`,
    `{${credits.join(",")}}`,
    `{${amounts.join(",")}}`,
    plainTexts(currencies),
    plainTexts(batch.map((item) => item.transfer.kind)),
    isPlain ? null : plainTexts(batch.map((item) => item.transfer.type)),
    texts(batch, (item) => targetOf(item.transfer)),
    texts(batch, (item) => item.leader),
    texts(batch, valueDateOf),
    texts(batch, expiryOf),
    details.some((value) => value !== null) ? escapedTexts(details) : null,
    ...(isPlain ? [null, null] : encodeHolds(batch)),
  ];
}

function amountPosted(item: Prepared, minor: string | null | undefined): Money {
  const asked = amountOf(item);
  if (asked !== undefined) return asked;
  const { currency } = present(item.accounts, "the accounts of what was posted");
  return { minor: BigInt(present(minor, "the amount that was posted")), currency };
}

function decodeOne(item: Prepared, index: number, answer: BatchAnswer): Outcome {
  const word = answer.codes?.[index] ?? "posted";
  const replayed = word.startsWith("=");
  const code = replayed ? word.slice(1) : word;
  const at = answer.times?.[index] ?? answer.booked_at;
  if (code === "id_conflict") return { status: "conflict", code };
  if (code === "posted") {
    return {
      status: "posted",
      bookedAt: at,
      amount: amountPosted(item, answer.amounts?.[index]),
      replayed,
    };
  }
  assert(isStateCode(code), `the ledger answered ${code}`);
  return { status: "refused", code, refusedAt: at, replayed };
}

/** Reads the outcomes of a batch, one for each transfer in its order. */
export function decodeBatch(batch: readonly Prepared[], answer: BatchAnswer): Outcome[] {
  return batch.map((item, index) => decodeOne(item, index, answer));
}
