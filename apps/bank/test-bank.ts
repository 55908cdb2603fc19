import { generateKeyPairSync } from "node:crypto";
import { newId } from "@mainstay/kernel";
import { makePushKeys } from "@mainstay/inbox";
import { createFeedConsumer } from "@mainstay/ledger";
import { createDatabase, createLogger, createStaffAssertionSigner, type Database } from "@mainstay/platform";
import { createTestDatabase, fakeClock, seededRandom, type FakeClock } from "@mainstay/testkit";
import {
  granted,
  injectTransport,
  logIn,
  registerCustomer,
  type Answer,
  type TestCustomer,
} from "@mainstay/testkit/client";
import type { Account, StaffRole } from "@mainstay/wire";
import pg from "pg";
import { writeCreditTransfer } from "../simulator/scheme/credit-transfer.ts";
import { createBank, type Bank, type BankOptions } from "./bank.ts";
import { bankMigrations } from "./migrations.ts";

/** The origin of the app in tests. */
export const test_origin = "http://localhost:8080";
/** What the scheme shows the bank in tests. */
export const test_scheme_secret = "a-scheme-secret-that-only-tests-use";

/** What release control shows the bank in tests. */
export const test_edge_secret = "an edge's secret that only tests use";

/** By what a test bank signs its pushes. */
export const test_push_keys = makePushKeys();

/** A bank on a database of its own, with a clock that the test moves; nothing runs in the background. */
export type TestBank = Bank & {
  readonly database: Database;
  readonly clock: FakeClock;
  /** Opens an account by the API; the customer is logged in on a device. */
  readonly customer: (
    firstName?: string,
    lastName?: string,
  ) => Promise<TestCustomer & { readonly account: Account }>;
  /** Has a customer touch their passkey again: their device gets a session that sees everything. */
  readonly logIn: (customer: TestCustomer) => Promise<void>;
  /** Calls a route of the console as a member of staff, by control's word; without roles, as nobody. */
  readonly asStaff: (
    method: "GET" | "POST",
    path: string,
    roles: readonly StaffRole[] | null,
    body?: unknown,
  ) => Promise<Answer>;
  /** Sends a message as the scheme does. */
  readonly sendMessage: (xml: string | Buffer, secret?: string) => Promise<{ status: number; text: string }>;
  /** Pays in by a real message; throws where the bank refuses. */
  readonly payIn: (iban: string, minor: bigint) => Promise<void>;
  /** Does what the bank's process may not, as a crash, a restore or an operator might. */
  readonly asOwner: (statement: string, values: readonly unknown[]) => Promise<void>;
  /** Takes all that the ledger has told so far into the customers' feed. */
  readonly readFeed: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Makes a test bank. */
export async function createTestBank(changes: Partial<BankOptions> = {}): Promise<TestBank> {
  const testDatabase = await createTestDatabase({ modules: bankMigrations });
  const database = createDatabase({ url: testDatabase.url, connections_max: 6, applicationName: "test" });
  const clock = fakeClock("2026-11-23T12:00:00Z");
  const random = seededRandom(1);
  const staffKeys = generateKeyPairSync("ed25519");
  const bank = await createBank({
    database,
    clock,
    random,
    log: createLogger({ name: "test", level: "silent" }),
    identity: {
      relyingParty: { id: "localhost", name: "Mainstay", origins: [test_origin] },
      isDemo: false,
      staffAssertionPublicKey: String(staffKeys.publicKey.export({ type: "spki", format: "pem" })),
      edgeSecret: test_edge_secret,
    },
    deliverSignals: async () => ({ refused: [] }),
    identityCheck: { check: async () => ({ result: "pass", reasons: [] }) },
    undo_window_ms: 15_000,
    schemeSecret: test_scheme_secret,
    mailServer: { host: "127.0.0.1", port: 1 },
    messages: { mailProvider: null, pushKeys: test_push_keys, pushServices: [] },
    reportLedger: async () => undefined,
    payIn: null,
    ...changes,
  });
  await bank.payments.prepare();
  const sendMessage = schemeOf(bank);
  const privateKey = String(staffKeys.privateKey.export({ type: "pkcs8", format: "pem" }));
  const asStaff = staffOf(bank, createStaffAssertionSigner({ privateKey, clock, random }));
  return {
    ...bank,
    database,
    clock,
    asStaff,
    sendMessage,
    customer: (firstName = "Ada", lastName = "Marlow") => openCustomer(bank, firstName, lastName),
    logIn: async ({ device, passkey }) => {
      granted(await logIn(device, passkey));
    },
    payIn: async (iban, minor) => {
      const messageId = newId("payin", { clock, random });
      const uetr = testUetr(random.bytes(16));
      const { status, text } = await sendMessage(
        testTransfer({ iban, minor, messageId, at: clock.now(), uetr }),
      );
      if (status !== 200 || !text.includes("<TxSts>ACCP</TxSts>")) throw new Error(`not paid in: ${text}`);
    },
    asOwner: (statement, values) => runOnce(testDatabase.superuserUrl, statement, values),
    readFeed: () => readFeed(bank, database, clock),
    close: async () => {
      await bank.stop();
      await database.close();
      await testDatabase.drop();
    },
  };
}

/** The member of staff who asks in tests. */
const test_staff = { sub: "staff_0351zSMq07Iva4X1j6koV4", name: "Iris Holm" };

function staffOf(bank: Bank, sign: ReturnType<typeof createStaffAssertionSigner>): TestBank["asStaff"] {
  const transport = injectTransport(bank.server);
  return async (method, path, roles, body) => {
    const answer = await transport({
      method,
      path,
      headers: {
        ...(roles === null ? {} : { "x-staff-assertion": sign({ ...test_staff, roles: [...roles] }) }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.text) as unknown };
  };
}

async function openCustomer(
  bank: Bank,
  firstName: string,
  lastName: string,
): Promise<TestCustomer & { readonly account: Account }> {
  const answers = { firstName, lastName, email: `${firstName}.${lastName}@example.com`.toLowerCase() };
  const transport = injectTransport(bank.server);
  const customer = await registerCustomer({ origin: test_origin, transport, answers });
  const { body } = await customer.device.call("GET", "/api/accounts");
  const [account] = (body as { accounts: Account[] }).accounts;
  if (account === undefined) throw new Error("the customer has no account");
  return { ...customer, account };
}

function schemeOf(bank: Bank): TestBank["sendMessage"] {
  return async (xml, secret = test_scheme_secret) => {
    const answer = await bank.server.inject({
      method: "POST",
      url: "/scheme/messages",
      headers: { "content-type": "application/xml", "x-scheme-secret": secret },
      payload: xml,
    });
    return { status: answer.statusCode, text: answer.body };
  };
}

async function runOnce(url: string, statement: string, values: readonly unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement, [...values]);
  } finally {
    await client.end();
  }
}

async function readFeed(bank: Bank, database: Database, clock: FakeClock): Promise<void> {
  const feed = createFeedConsumer({
    pool: database.pool,
    clock,
    name: "accounts",
    pollMs: 5,
    handle: (_entries, page) => bank.accounts.takeFeed(page),
  });
  // A transaction elsewhere on the server can hold the feed up for a moment, so the end is waited for.
  while ((await feed.lagMs()) > 0 || (await isFeedBehind(database))) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await feed.stop();
}

async function isFeedBehind(database: Database): Promise<boolean> {
  const { rows } = await database.pool.query<{ behind: boolean }>(
    `SELECT EXISTS (SELECT
                      FROM ledger.transfers
                     WHERE feed_xid > COALESCE((SELECT xid
                                                  FROM ledger.feed_cursors
                                                 WHERE consumer = 'accounts'), '0')) AS behind`,
  );
  return rows[0]?.behind ?? false;
}

/** A UETR made of 16 bytes: a UUID of version 4. */
export function testUetr(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20),
  ];
  return parts.join("-");
}

/** A credit transfer as another bank writes it. */
export function testTransfer(transfer: {
  readonly iban: string;
  readonly minor: bigint;
  readonly messageId: string;
  readonly uetr: string;
  readonly at: Date;
}): string {
  return writeCreditTransfer({
    messageId: transfer.messageId,
    uetr: transfer.uetr,
    createdAt: transfer.at,
    toBic: "MNSTGB20",
    amount: { minor: transfer.minor, currency: "GBP" },
    debtorName: "Harbour Lights Ltd",
    creditorName: "Account holder",
    creditorIban: transfer.iban,
    reference: "Salary",
  });
}
