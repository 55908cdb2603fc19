import { addMs, moneyToJson, type Clock } from "@mainstay/kernel";
import type { Ledger } from "@mainstay/ledger";
import { readWithin, shareFor, type Database } from "@mainstay/platform";
import { incoming_states, type Reconciliation } from "@mainstay/wire";
import { bookingIdOf, settlement_account, uetrOfBooking } from "./posts.ts";
import { bookedSum, incomingByUetrs } from "./scheme-store.ts";
import { settlement_quiet_ms } from "./settlement.ts";
import { countMessages, newestIncoming, sumByState, type StateSum } from "./staff-store.ts";

/** How many of the newest transfers are compared one by one. */
export const compared_max = 500;
/** How many differences are told one by one. */
const mismatches_told_max = 50;
/** How long what was worked out is shared, and how long a statement may take, in milliseconds. */
const keep_ms = 5_000;
const statement_ms_max = 5_000;

/** A transfer as one side has it. */
type OneSide = { readonly uetr: string; readonly at: Date; readonly amount: bigint };
type Told = OneSide & { readonly state: (typeof incoming_states)[number] };

/** A transfer of which the ledger and the messages don't say the same. */
export type Mismatch = OneSide & {
  readonly ledger: "booked" | "missing" | "other-amount";
  readonly message: Told["state"] | "missing";
};

/** Compares transfers one by one; those that are younger than `quietSince` may still be under way. */
export function compareTransfers(sides: {
  readonly told: readonly Told[];
  readonly booked: readonly OneSide[];
  readonly quietSince: Date;
}): readonly Mismatch[] {
  const told = new Map(sides.told.map((transfer) => [transfer.uetr, transfer]));
  const booked = new Map(sides.booked.map((transfer) => [transfer.uetr, transfer]));
  const uetrs = new Set([...told.keys(), ...booked.keys()]);
  return [...uetrs].flatMap((uetr): Mismatch[] => {
    const [message, entry] = [told.get(uetr), booked.get(uetr)];
    const one = message ?? entry;
    if (one === undefined || one.at > sides.quietSince) return [];
    const isBookedByMessage = message?.state === "booked";
    const isSame =
      entry === undefined
        ? message !== undefined && !isBookedByMessage
        : isBookedByMessage && message.amount === entry.amount;
    if (isSame) return [];
    const ledger = entry === undefined ? "missing" : isBookedByMessage ? "other-amount" : "booked";
    return [{ uetr, at: one.at, amount: one.amount, ledger, message: message?.state ?? "missing" }];
  });
}

/**
 * Makes the reader of what ledger and scheme say of each other. It reads each transfer and message that ever
 * came once, at most every five seconds however many look, and is given up as `busy` where that takes longer
 * than five seconds; one by one it compares the newest.
 */
export function createReconciliation(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly ledger: Ledger;
}): () => Promise<Reconciliation> {
  const { database, clock, ledger } = deps;
  return shareFor(clock, keep_ms, async () => {
    const now = clock.now();
    const quietSince = addMs(now, -settlement_quiet_ms);
    const told = await readWithin(database.pool, statement_ms_max, async (client) => ({
      sum: await bookedSum(client, quietSince),
      states: await sumByState(client),
      messages: await countMessages(client),
      newest: await newestIncoming(client, compared_max),
    }));
    const account = await ledger.account(settlement_account);
    const { looked, mismatches } = await compareNewest(deps, told.newest.map(toTold), quietSince);
    const inJson = (minor: bigint) => moneyToJson({ minor, currency: "GBP" });
    const posted = account?.posted ?? 0n;
    return {
      asOf: now.toISOString(),
      account: settlement_account,
      ledger: inJson(posted),
      scheme: told.sum === null ? null : inJson(-told.sum),
      difference: told.sum === null ? null : inJson(posted + told.sum),
      transfers: incoming_states.map((state) => stateView(state, told.states)),
      messages: {
        received: Number(told.messages.received),
        unanswered: Number(told.messages.unanswered),
        unreadable: Number(told.messages.unreadable),
      },
      looked,
      mismatches: mismatches.slice(0, mismatches_told_max).map((mismatch) => ({
        id: mismatch.uetr,
        at: mismatch.at.toISOString(),
        amount: inJson(mismatch.amount),
        ledger: mismatch.ledger,
        message: mismatch.message,
      })),
    };
  });
}

function stateView(
  state: (typeof incoming_states)[number],
  sums: readonly StateSum[],
): Reconciliation["transfers"][number] {
  const found = sums.find((entry) => entry.state === state);
  const minor = BigInt(found?.sum ?? 0);
  return { state, count: Number(found?.count ?? 0n), amount: moneyToJson({ minor, currency: "GBP" }) };
}

function toTold(row: {
  readonly uetr: string;
  readonly received_at: Date;
  readonly amount: bigint;
  readonly state: Told["state"];
}): Told {
  return { uetr: row.uetr, at: row.received_at, amount: row.amount, state: row.state };
}

/** Compares the newest of both sides, each looked up on the other. */
async function compareNewest(
  deps: { readonly database: Database; readonly ledger: Ledger },
  newest: readonly Told[],
  quietSince: Date,
): Promise<{ readonly looked: number; readonly mismatches: readonly Mismatch[] }> {
  const { database, ledger } = deps;
  const [entries, transfers] = await Promise.all([
    ledger.entries({ account: settlement_account, limit: compared_max }),
    ledger.transfers(newest.map(({ uetr }) => bookingIdOf(uetr))),
  ]);
  const booked = new Map<string, OneSide>();
  for (const { id, bookedAt, amount } of transfers.values()) {
    const uetr = uetrOfBooking(id);
    if (uetr !== null) booked.set(uetr, { uetr, at: bookedAt, amount: amount.minor });
  }
  for (const { transferId, bookedAt, amount } of entries) {
    const uetr = uetrOfBooking(transferId);
    if (uetr !== null) booked.set(uetr, { uetr, at: bookedAt, amount: -amount.minor });
  }
  const told = new Map(newest.map((transfer) => [transfer.uetr, transfer]));
  const others = [...booked.keys()].filter((uetr) => !told.has(uetr));
  for (const [uetr, { receivedAt, amount, state }] of await incomingByUetrs(database.pool, others)) {
    told.set(uetr, { uetr, at: receivedAt, amount: amount.minor, state });
  }
  const sides = { told: [...told.values()], booked: [...booked.values()], quietSince };
  return { looked: new Set([...told.keys(), ...booked.keys()]).size, mismatches: compareTransfers(sides) };
}
