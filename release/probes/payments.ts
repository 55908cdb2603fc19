import type pg from "pg";
import type { Answer, DeviceClient, SoftwarePasskey } from "@mainstay/client";
import { addMs, newId, type Clock, type Random } from "@mainstay/kernel";
import type { Payment, ProbeCustomer, Transactions } from "@mainstay/wire";
import { answered, type StepEnd } from "./steps.ts";
import * as store from "./store.ts";
import type { PayerName, Penny } from "./types.ts";

/** How long after the undo window a penny must have arrived, in milliseconds. */
const arrival_ms_max = 10_000;
/** After this long, in milliseconds, a penny that hasn't arrived isn't looked for any more. */
const lost_ms = 10 * 60_000;
/** The most of one reference that are looked at: one is right. */
const found_max = 10;

/** What the payment's part of a probe works with: who pays whom, logged in on which device. */
export type Payer = {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly random: Random;
  readonly device: DeviceClient;
  readonly passkey: SoftwarePasskey;
  readonly own: PayingCustomer;
  readonly other: PayingCustomer;
};

/** One of the two who pay one another. */
export type PayingCustomer = ProbeCustomer & { readonly name: PayerName };

/** Looks for the pennies that the other one sent: each must have arrived exactly once. */
export async function seeArrivals(payer: Payer): Promise<StepEnd> {
  const { pool, clock, other } = payer;
  let end: StepEnd = { outcome: "passed" };
  for (const penny of await store.openPennies(pool, other.name)) {
    const now = clock.now();
    const isDue = penny.dueAt !== null && penny.dueAt <= now;
    const isOld = now.getTime() - penny.orderedAt.getTime() > lost_ms;
    if (!isDue && !isOld) continue;
    const found = await countArrivals(payer, penny);
    if (typeof found !== "number") return found;
    if (found === 1) await store.endPenny(pool, penny.paymentId, "arrived");
    else if (found > 1) {
      await store.endPenny(pool, penny.paymentId, "twice");
      end = { outcome: "failed", reason: `the penny “${penny.reference}” arrived ${found} times` };
    } else if (penny.dueAt === null) {
      await store.endPenny(pool, penny.paymentId, "unordered");
    } else {
      if (isOld) await store.endPenny(pool, penny.paymentId, "lost");
      end = { outcome: "failed", reason: `the penny “${penny.reference}” hasn’t arrived` };
    }
  }
  return end;
}

async function countArrivals({ device, own }: Payer, penny: Penny): Promise<number | StepEnd> {
  const query = `limit=${found_max}&q=${encodeURIComponent(penny.reference)}`;
  const page = answered<Transactions>(
    await device.call("GET", `/api/accounts/${own.accountId}/transactions?${query}`),
    "the feed",
  );
  if (!page.ok) return page.end;
  return page.body.transactions.filter(({ amount, state }) => amount.minor === 1 && state === "settled")
    .length;
}

/** Sends a penny to the other one, signed by the passkey as every payment is. */
export async function sendPenny(payer: Payer): Promise<StepEnd> {
  const { pool, clock, random, device, passkey, own, other } = payer;
  const paymentId = newId("pay", { clock, random });
  const reference = `probe ${paymentId.slice(-10)}`;
  // Before it is ordered: a penny that arrives although nobody heard of it again is looked for too.
  await store.insertPenny(pool, { paymentId, payer: own.name, reference, orderedAt: clock.now() });
  const ordered = answered<Payment>(
    await device.call("POST", "/api/payments", {
      id: paymentId,
      accountId: own.accountId,
      payee: { name: other.holderName, sortCode: other.sortCode, accountNumber: other.accountNumber },
      amount: { minor: 1, currency: "GBP" },
      reference,
    }),
    "the payment",
  );
  if (!ordered.ok) return ordered.end;
  const { approval } = ordered.body;
  if (approval === null) return { outcome: "failed", reason: "the payment asked for no approval" };
  const credential = passkey.get(approval.options);
  const answer: Answer = await device.call("POST", `/api/payments/${paymentId}/approve`, { credential });
  const approved = answered<Payment>(answer, "the payment’s approval");
  if (!approved.ok) return approved.end;
  const { state, leavesAt } = approved.body;
  if (state === "refused" || state === "failed" || state === "expired") {
    return { outcome: "failed", reason: `the payment was ${state}` };
  }
  const leaves = leavesAt === null ? clock.now() : new Date(leavesAt);
  await store.setPennyDue(pool, paymentId, addMs(leaves, arrival_ms_max));
  return { outcome: "passed" };
}
