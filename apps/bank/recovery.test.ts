import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountId, checkLedger } from "@mainstay/ledger";
import { granted, randomId } from "@mainstay/testkit/client";
import type { Payment } from "@mainstay/wire";
import { createTestBank } from "./test-bank.ts";

const bank = await createTestBank();
type Customer = Awaited<ReturnType<typeof bank.customer>>;
let ada: Customer;
let tom: Customer;

beforeAll(async () => {
  ada = await bank.customer("Ada", "Marlow");
  tom = await bank.customer("Tom", "Hartley");
  await bank.payIn(ada.account.iban, 100_000n);
});
afterAll(async () => {
  const report = await checkLedger(bank.database.pool, { clock: bank.clock });
  await bank.close();
  expect(report.lines.filter((line) => line.mismatches > 0n)).toEqual([]);
});

async function order(): Promise<Payment> {
  const { sortCode, accountNumber } = tom.account;
  const body = {
    id: randomId("pay"),
    accountId: ada.account.id,
    payee: { name: "Tom Hartley", sortCode, accountNumber },
    amount: { minor: 1_000, currency: "GBP" },
    reference: "",
  };
  return granted<Payment>(await ada.device.call("POST", "/api/payments", body));
}

async function approved(): Promise<Payment> {
  const payment = await order();
  if (payment.approval === null) throw new Error("nothing to approve");
  const credential = ada.passkey.get(payment.approval.options);
  return granted<Payment>(
    await ada.device.call("POST", `/api/payments/${payment.id}/approve`, { credential }),
  );
}

/** Puts a payment back to what a crash would have left: the step committed, its outcome not. */
async function crashedIn(state: string, id: string): Promise<void> {
  await bank.database.pool.query(
    `WITH taken AS (
       UPDATE payments.payments
          SET state = $2,
              leaves_at = COALESCE(leaves_at, $3)
        WHERE id = $1
       RETURNING id, leaves_at
     )
     INSERT INTO payments.agenda (payment_id, due_at)
     SELECT id, leaves_at
       FROM taken
     ON CONFLICT (payment_id) DO UPDATE
        SET due_at = EXCLUDED.due_at`,
    [id, state, bank.clock.now()],
  );
}

async function stateOf(id: string): Promise<string> {
  return granted<Payment>(await ada.device.call("GET", `/api/payments/${id}`)).state;
}

async function balances(): Promise<{ posted: bigint; held: bigint; toms: bigint }> {
  const [adas, toms] = [accountId(ada.account.id), accountId(tom.account.id)];
  const found = await bank.ledger.balances([adas, toms]);
  const { posted = 0n, held = 0n } = found.get(adas) ?? {};
  return { posted, held, toms: found.get(toms)?.posted ?? 0n };
}

async function finish(id: string): Promise<void> {
  bank.clock.advance(15_000);
  await bank.payments.sendDue();
  expect(await stateOf(id)).toBe("sent");
}

describe("after a crash", () => {
  it("between approval and hold, the hold is made, once, with a whole window to undo", async () => {
    const payment = await order();
    const before = await balances();
    await crashedIn("posting", payment.id);
    expect(await bank.payments.recover(0)).toBe(1);
    expect(await bank.payments.recover(0)).toBe(0);
    expect(granted(await ada.device.call("GET", `/api/payments/${payment.id}`))).toMatchObject({
      state: "leaving",
      leavesAt: new Date(bank.clock.now().getTime() + 15_000).toISOString(),
    });
    expect(await balances()).toEqual({ ...before, held: before.held + 1_000n });
    await finish(payment.id);
  });

  it("between the hold and its outcome, nothing is held twice", async () => {
    const payment = await approved();
    const before = await balances();
    await crashedIn("posting", payment.id);
    await bank.payments.recover(0);
    expect(await stateOf(payment.id)).toBe("leaving");
    expect(await balances()).toEqual(before);
    await finish(payment.id);
  });

  it("before the capture, the money leaves, once", async () => {
    const payment = await approved();
    const before = await balances();
    await crashedIn("sending", payment.id);
    await bank.payments.recover(0);
    await bank.payments.recover(0);
    expect(await stateOf(payment.id)).toBe("sent");
    expect(await balances()).toEqual({
      posted: before.posted - 1_000n,
      held: before.held - 1_000n,
      toms: before.toms + 1_000n,
    });
  });

  it("between the capture and its outcome, nothing is sent twice", async () => {
    const payment = await approved();
    await finish(payment.id);
    const before = await balances();
    await crashedIn("sending", payment.id);
    await bank.payments.recover(0);
    expect(await stateOf(payment.id)).toBe("sent");
    expect(await balances()).toEqual(before);
  });

  it("in the middle of an undo, the money is given back, once", async () => {
    const payment = await approved();
    const before = await balances();
    await crashedIn("undoing", payment.id);
    await bank.payments.recover(0);
    await crashedIn("undoing", payment.id);
    await bank.payments.recover(0);
    expect(await stateOf(payment.id)).toBe("undone");
    expect(await balances()).toEqual({ ...before, held: before.held - 1_000n });
  });

  it("an account that was begun is opened", async () => {
    const personId = (await bank.customer("Max", "Orr")).personId;
    await bank.database.pool.query("UPDATE accounts.accounts SET state = 'opening' WHERE person_id = $1", [
      personId,
    ]);
    expect(await bank.accounts.recoverOpenings()).toBe(1);
    expect(await bank.accounts.recoverOpenings()).toBe(0);
  });

  it("what a request may still have in hand is left alone", async () => {
    const payment = await approved();
    await crashedIn("posting", payment.id);
    expect(await bank.payments.recover(10_000)).toBe(0);
    bank.clock.advance(10_000);
    expect(await bank.payments.recover(10_000)).toBe(1);
    await finish(payment.id);
  });
});

describe("undoing", () => {
  it("gives the money back within the window, as often as it is asked for", async () => {
    const before = await balances();
    const payment = await approved();
    const path = `/api/payments/${payment.id}/undo`;
    expect(granted(await ada.device.call("POST", path))).toMatchObject({ state: "undone" });
    expect(granted(await ada.device.call("POST", path, {}))).toMatchObject({ state: "undone" });
    expect(await balances()).toEqual(before);
    bank.clock.advance(15_000);
    expect(await bank.payments.sendDue()).toBe(0);
  });

  it("is too late from the moment the window has ended, sent or not", async () => {
    const payment = await approved();
    bank.clock.advance(15_000);
    const late = await ada.device.call("POST", `/api/payments/${payment.id}/undo`);
    expect(late).toMatchObject({ status: 409, body: { code: "undo_too_late" } });
    await bank.payments.sendDue();
    const later = await ada.device.call("POST", `/api/payments/${payment.id}/undo`);
    expect(later).toMatchObject({ status: 409, body: { code: "undo_too_late" } });
  });

  it("of what was never approved isn't possible", async () => {
    const payment = await order();
    const answer = await ada.device.call("POST", `/api/payments/${payment.id}/undo`);
    expect(answer).toMatchObject({ status: 409, body: { code: "undo_not_possible" } });
  });

  it("that races with the money's leaving ends in one of the two, never both", async () => {
    const before = await balances();
    const states: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      const payment = await approved();
      // The undo is asked for within the window, while the money is already being sent by a clock that runs
      // ahead.
      bank.clock.advance(14_999);
      const undo = ada.device.call("POST", `/api/payments/${payment.id}/undo`);
      await Promise.resolve();
      bank.clock.advance(1);
      await Promise.all([undo, bank.payments.sendDue()]);
      await bank.payments.sendDue();
      states.push(await stateOf(payment.id));
    }
    const sent = BigInt(states.filter((state) => state === "sent").length);
    expect(states.every((state) => state === "sent" || state === "undone")).toBe(true);
    expect(await balances()).toEqual({
      posted: before.posted - sent * 1_000n,
      held: before.held,
      toms: before.toms + sent * 1_000n,
    });
  });
});
