import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkLedger } from "@mainstay/ledger";
import { settlementStatements } from "@mainstay/payments";
import { granted } from "@mainstay/testkit/client";
import type { Account, Transactions } from "@mainstay/wire";
import { createTestBank, testTransfer, testUetr } from "./test-bank.ts";

const bank = await createTestBank();
type Customer = Awaited<ReturnType<typeof bank.customer>>;
let ada: Customer;
let count = 0;

beforeAll(async () => {
  ada = await bank.customer("Ada", "Marlow");
});
afterAll(async () => {
  bank.clock.advance(60_000);
  const statements = await settlementStatements(bank.database, bank.clock);
  expect(statements).toHaveLength(1);
  const report = await checkLedger(bank.database.pool, { clock: bank.clock, statements });
  await bank.close();
  expect(report.lines.filter((line) => line.mismatches > 0n)).toEqual([]);
});

/** A credit transfer of £10 with ids of its own. */
function transfer(changes: Partial<Parameters<typeof testTransfer>[0]> = {}): string {
  count += 1;
  return testTransfer({
    iban: ada.account.iban,
    minor: 1_000n,
    messageId: `MSG-${count}`,
    uetr: testUetr(Buffer.from(String(count).padStart(16, "0"))),
    at: bank.clock.now(),
    ...changes,
  });
}

async function balance(): Promise<number> {
  const { accounts } = granted<{ accounts: Account[] }>(await ada.device.call("GET", "/api/accounts"));
  return accounts[0]?.balance.minor ?? Number.NaN;
}

const statusOf = (text: string) => /<TxSts>(\w+)<\/TxSts>/.exec(text)?.[1];
const reasonOf = (text: string) => /<Cd>(\w+)<\/Cd>/.exec(text)?.[1];

async function kept(): Promise<{ direction: string; content: Buffer }[]> {
  const { rows } = await bank.database.pool.query(
    "SELECT direction, content FROM payments.scheme_messages ORDER BY at, direction, id",
  );
  return rows;
}

describe("a credit transfer", () => {
  it("is booked, answered, kept byte for byte, and in the feed with who paid and for what", async () => {
    const xml = transfer({ minor: 25_000n });
    const before = await balance();
    const { status, text } = await bank.sendMessage(xml);
    expect([status, statusOf(text)]).toEqual([200, "ACCP"]);
    expect(await balance()).toBe(before + 25_000);
    const messages = await kept();
    expect(messages.map(({ content }) => content.toString())).toEqual(expect.arrayContaining([xml, text]));
    await bank.readFeed();
    const feed = granted<Transactions>(
      await ada.device.call("GET", `/api/accounts/${ada.account.id}/transactions`),
    );
    expect(feed.transactions[0]).toMatchObject({
      kind: "payment_in",
      amount: { minor: 25_000 },
      balanceAfter: { minor: before + 25_000 },
      counterparty: { name: "Harbour Lights Ltd", sortCode: "981406", accountNumber: "31175520" },
      reference: "Salary",
      category: "income",
      paymentId: null,
    });
  });

  it("that comes again gets the same answer, and books nothing", async () => {
    const xml = transfer();
    const first = await bank.sendMessage(xml);
    const before = await balance();
    bank.clock.advance(60_000);
    expect(await bank.sendMessage(xml)).toEqual(first);
    expect(await balance()).toBe(before);
  });

  it("that comes many times at once is booked once, and all are told the same", async () => {
    const xml = transfer();
    const before = await balance();
    const answers = await Promise.all(Array.from({ length: 8 }, () => bank.sendMessage(xml)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await balance()).toBe(before + 1_000);
  });

  it("under a message id that was used for another is refused", async () => {
    const first = transfer({ messageId: "TWICE" });
    expect(statusOf((await bank.sendMessage(first)).text)).toBe("ACCP");
    const before = await balance();
    const { text } = await bank.sendMessage(transfer({ messageId: "TWICE", minor: 9_900n }));
    expect([statusOf(text), reasonOf(text)]).toEqual(["RJCT", "DU01"]);
    expect(await balance()).toBe(before);
    expect(statusOf((await bank.sendMessage(first)).text)).toBe("ACCP");
  });

  it("with a UETR that was received before is refused", async () => {
    const uetr = testUetr(Buffer.from("the very same id"));
    expect(statusOf((await bank.sendMessage(transfer({ uetr }))).text)).toBe("ACCP");
    const before = await balance();
    const { text } = await bank.sendMessage(transfer({ uetr }));
    expect([statusOf(text), reasonOf(text)]).toEqual(["RJCT", "AM05"]);
    expect(await balance()).toBe(before);
  });

  it("to an account that nobody has is refused, again and again alike", async () => {
    const xml = transfer({ iban: "GB35MNST00421712345678" });
    const first = await bank.sendMessage(xml);
    expect([first.status, statusOf(first.text), reasonOf(first.text)]).toEqual([200, "RJCT", "AC01"]);
    expect(await bank.sendMessage(xml)).toEqual(first);
  });

  it("that breaks a rule of use is refused with the rule's code", async () => {
    const { text } = await bank.sendMessage(transfer().replaceAll('Ccy="GBP"', 'Ccy="EUR"'));
    expect([statusOf(text), reasonOf(text)]).toEqual(["RJCT", "AM03"]);
  });
});

describe("a message that can't be read", () => {
  it.each([
    ["is no XML", "hello", "message_not_xml"],
    ["declares entities", `<!DOCTYPE d [<!ENTITY a "b">]><Document/>`, "message_forbidden_xml"],
    ["is of another kind", "<Document/>", "message_wrong_schema"],
    ["is empty", "", "message_not_xml"],
  ])("because it %s is refused by name, and kept", async (_why, xml, code) => {
    const before = (await kept()).length;
    const { status, text } = await bank.sendMessage(xml);
    expect([status, JSON.parse(text).code]).toEqual([400, code]);
    expect((await kept()).length).toBe(before + 1);
  });

  it("because it is too large, or of another type, isn't taken at all", async () => {
    expect((await bank.sendMessage("x".repeat(70_000))).status).toBe(413);
    const headers = {
      "content-type": "text/plain",
      "x-scheme-secret": "a-scheme-secret-that-only-tests-use",
    };
    const answer = await bank.server.inject({
      method: "POST",
      url: "/scheme/messages",
      headers,
      payload: "hello",
    });
    expect(answer.statusCode).toBe(415);
  });
});

describe("the scheme's door", () => {
  it.each(["", "wrong", "a-scheme-secret-that-only-tests-usE"])(
    "stays shut to whoever shows %j",
    async (secret) => {
      const before = (await kept()).length;
      const { status, text } = await bank.sendMessage(transfer(), secret);
      expect([status, JSON.parse(text).code]).toEqual([401, "scheme_unauthorised"]);
      expect((await kept()).length).toBe(before);
    },
  );
});

describe("after a crash", () => {
  /** Takes the answer of a message away, as if the process had ended before it was kept. */
  async function forgetAnswer(xml: string): Promise<void> {
    await bank.asOwner(
      `DELETE FROM payments.scheme_messages AS answer
        USING payments.scheme_messages AS asked
        WHERE answer.answers = asked.id
          AND asked.content = convert_to($1, 'UTF8')`,
      [xml],
    );
  }

  it("a message without an answer is answered, and booked once, also when days have passed", async () => {
    const xml = transfer();
    await bank.sendMessage(xml);
    const before = await balance();
    await forgetAnswer(xml);
    bank.clock.advance(10 * 86_400_000);
    expect(await bank.payments.recover(0)).toBe(1);
    expect(await bank.payments.recover(0)).toBe(0);
    await bank.logIn(ada);
    expect(await balance()).toBe(before);
    expect(statusOf((await bank.sendMessage(xml)).text)).toBe("ACCP");
  });

  it("a transfer that was kept and not posted is posted", async () => {
    const xml = transfer({ iban: ada.account.iban });
    await bank.sendMessage(xml);
    const before = await balance();
    await forgetAnswer(xml);
    await bank.asOwner(
      `UPDATE payments.incoming
          SET state = 'posting'
        WHERE message_row = (SELECT id FROM payments.scheme_messages WHERE content = convert_to($1, 'UTF8'))`,
      [xml],
    );
    expect(await bank.payments.recover(0)).toBe(1);
    expect(await balance()).toBe(before);
  });
});
