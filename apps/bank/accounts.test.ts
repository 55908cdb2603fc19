import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { granted, randomId } from "@mainstay/testkit/client";
import type { Account, Event, Transaction, Transactions } from "@mainstay/wire";
import { createTestBank } from "./test-bank.ts";

const bank = await createTestBank();
type Customer = Awaited<ReturnType<typeof bank.customer>>;
let ada: Customer;
let eve: Customer;

beforeAll(async () => {
  ada = await bank.customer("Ada", "Marlow");
  eve = await bank.customer("Eve", "Stone");
  for (let count = 1; count <= 7; count += 1) {
    await bank.payIn(ada.account.iban, BigInt(count * 100));
    bank.clock.advance(1_000);
  }
  await bank.readFeed();
});
afterAll(bank.close);

const path = () => `/api/accounts/${ada.account.id}/transactions`;
const pageOf = async (query: string) =>
  granted<Transactions>(await ada.device.call("GET", `${path()}?${query}`));
const amounts = (page: Transactions) => page.transactions.map((row) => row.amount.minor);

describe("an account", () => {
  it("is there from the first moment, with numbers, IBAN and nothing in it", () => {
    expect(eve.account).toMatchObject({
      holderName: "Eve Stone",
      sortCode: "004217",
      bic: "MNSTGB20",
      balance: { minor: 0, currency: "GBP" },
      available: { minor: 0, currency: "GBP" },
    });
    expect(eve.account.iban).toMatch(new RegExp(`^GB\\d\\dMNST004217${eve.account.accountNumber}$`));
  });

  it("is one a person, also when it is opened many times at once", async () => {
    const opened = await Promise.all(
      Array.from({ length: 5 }, () =>
        bank.accounts.openCurrentAccount({ personId: eve.personId as never, holderName: "Eve Stone" }),
      ),
    );
    expect(new Set(opened.map(({ id }) => id))).toEqual(new Set([eve.account.id]));
  });

  it("shows its balance, and nothing more, to a session that was idle for five minutes", async () => {
    bank.clock.advance(5 * 60_000);
    const { accounts } = granted<{ accounts: Account[] }>(await ada.device.call("GET", "/api/accounts"));
    expect(accounts[0]?.balance.minor).toBe(2_800);
    expect(await ada.device.call("GET", path())).toMatchObject({
      status: 403,
      body: { code: "passkey_needed" },
    });
    await bank.logIn(ada);
    await bank.logIn(eve);
  });
});

describe("the feed", () => {
  it("comes newest first, page by page, without gap or repetition", async () => {
    const first = await pageOf("limit=3");
    const second = await pageOf(`limit=3&before=${first.older}`);
    const third = await pageOf(`limit=3&before=${second.older}`);
    expect([amounts(first), amounts(second), amounts(third)]).toEqual([
      [700, 600, 500],
      [400, 300, 200],
      [100],
    ]);
    expect(third.older).toBeNull();
  });

  it("doesn't change by being told again what it knows", async () => {
    const before = await pageOf("limit=100");
    await bank.asOwner("ALTER TABLE ledger.feed_cursors DISABLE TRIGGER USER", []);
    await bank.asOwner("DELETE FROM ledger.feed_cursors", []);
    await bank.asOwner("ALTER TABLE ledger.feed_cursors ENABLE TRIGGER USER", []);
    await bank.readFeed();
    expect(await pageOf("limit=100")).toEqual(before);
  });

  it("is searched by counterparty, reference and note, as text and not as a pattern", async () => {
    expect((await pageOf("q=harbour")).transactions).toHaveLength(7);
    expect((await pageOf("q=SALARY&limit=2")).transactions).toHaveLength(2);
    for (const nothing of ["%25", "_", "%5C", "nobody"]) {
      expect((await pageOf(`q=${nothing}`)).transactions).toEqual([]);
    }
  });

  it.each(["before=nonsense", "before=1.tx_short", "before=99999999999999999.tx_0000000000000000000000"])(
    "refuses the cursor %s",
    async (query) => {
      expect(await ada.device.call("GET", `${path()}?${query}`)).toMatchObject({
        status: 400,
        body: { code: "cursor_malformed" },
      });
    },
  );

  it.each(["limit=0", "limit=101", "limit=abc", "unknown=1"])("refuses %s", async (query) => {
    expect((await ada.device.call("GET", `${path()}?${query}`)).status).toBe(400);
  });
});

describe("a transaction", () => {
  it("takes a category and a note, and keeps them", async () => {
    const [row] = (await pageOf("limit=1")).transactions;
    const change = { category: "expenses", note: "From <the> office" };
    granted(await ada.device.call("PATCH", `/api/transactions/${row?.id}`, change));
    granted(await ada.device.call("PATCH", `/api/transactions/${row?.id}`, { category: "savings" }));
    const found = granted<Transaction>(await ada.device.call("GET", `/api/transactions/${row?.id}`));
    expect(found).toMatchObject({ category: "savings", note: "From <the> office" });
    expect((await pageOf("q=office")).transactions).toHaveLength(1);
  });

  it("refuses a category that there isn't, and a note that is too long", async () => {
    const [row] = (await pageOf("limit=1")).transactions;
    for (const change of [{ category: "yachts" }, { note: "x".repeat(141) }, { amount: 1 }]) {
      expect((await ada.device.call("PATCH", `/api/transactions/${row?.id}`, change)).status).toBe(400);
    }
  });

  it("of somebody else is answered as if it did not exist", async () => {
    const [row] = (await pageOf("limit=1")).transactions;
    for (const id of [row?.id, randomId("tx")]) {
      const read = await eve.device.call("GET", `/api/transactions/${id}`);
      const written = await eve.device.call("PATCH", `/api/transactions/${id}`, { note: "mine" });
      expect([read, written]).toMatchObject([
        { status: 404, body: { code: "account_not_found" } },
        { status: 404, body: { code: "account_not_found" } },
      ]);
    }
  });
});

describe("live events", () => {
  it("tell the customer, and nobody else, of what has moved, and end when the session does", async () => {
    const url = await bank.server.listen({ port: 0, host: "127.0.0.1" });
    const listen = async (customer: Customer) => {
      const cookie = [...customer.device.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const headers = { cookie, dpop: customer.device.proofFor("GET", "/api/events") };
      const answer = await fetch(`${url}/api/events`, { headers });
      expect(answer.headers.get("content-type")).toContain("text/event-stream");
      const heard: Event[] = [];
      const done = (async () => {
        let text = "";
        for await (const chunk of answer.body ?? []) {
          text += Buffer.from(chunk).toString();
          const parts = text.split("\n\n");
          text = parts.pop() ?? "";
          for (const part of parts) heard.push(JSON.parse(part.replace(/^data: /, "")) as Event);
        }
      })();
      return { heard, done };
    };
    const [adas, eves] = [await listen(ada), await listen(eve)];
    await bank.payIn(ada.account.iban, 900n);
    await bank.readFeed();
    while (adas.heard.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(adas.heard).toMatchObject([
      { type: "ping" },
      { type: "transaction", transaction: { amount: { minor: 900 }, state: "settled" } },
      { type: "account", account: { id: ada.account.id, balance: { minor: 3_700 } } },
    ]);
    expect(eves.heard.map(({ type }) => type)).toEqual(["ping"]);
    bank.accounts.hub.endAll();
    await Promise.all([adas.done, eves.done]);
  });
});
