import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { granted, randomId } from "@mainstay/testkit/client";
import {
  staff_roles,
  type Customer,
  type CustomerNames,
  type CustomersFound,
  type StaffRole,
  type Transactions,
} from "@mainstay/wire";
import { createTestBank } from "./test-bank.ts";

const bank = await createTestBank();
type TestCustomer = Awaited<ReturnType<typeof bank.customer>>;
const support: readonly StaffRole[] = ["support"];
let ada: TestCustomer;
let adaRef: string;

async function search(query: string, roles: readonly StaffRole[] = support): Promise<CustomersFound> {
  const path = `/staff/customers?${new URLSearchParams({ query }).toString()}`;
  return granted<CustomersFound>(await bank.asStaff("GET", path, roles));
}
const namesFound = async (query: string) => (await search(query)).customers.map(({ name }) => name);

type AuditRow = { actor: string; action: string; subject: string; details: Record<string, unknown> };
async function audited(action: string): Promise<AuditRow[]> {
  const { rows } = await bank.database.pool.query<AuditRow>(
    "SELECT actor, action, subject, details FROM identity.audit WHERE action = $1 ORDER BY number",
    [action],
  );
  return rows;
}

beforeAll(async () => {
  ada = await bank.customer("Ada", "Marlow");
  await bank.customer("Anna-Maria", "O’Neill");
  await bank.customer("Tom", "Hartley");
  for (let count = 1; count <= 30; count += 1) {
    await bank.payIn(ada.account.iban, BigInt(count * 100));
    bank.clock.advance(1_000);
  }
  await bank.readFeed();
  adaRef = (await search("Ada Marlow")).customers[0]?.ref ?? "";
});
afterAll(bank.close);

describe("a search for customers", () => {
  it.each(["ada", "Ada Mar", "marlow", "Marlow, Ada", "  ADA   MARLOW "])(
    "by the beginning of a name: %s",
    async (query) => {
      expect(await namesFound(query)).toEqual(["Ada Marlow"]);
    },
  );

  it("by account number, with its sort code or without, by IBAN, e-mail and reference", async () => {
    const { sortCode, accountNumber, iban } = ada.account;
    const dashed = `${sortCode.slice(0, 2)}-${sortCode.slice(2, 4)}-${sortCode.slice(4)} ${accountNumber}`;
    for (const query of [accountNumber, sortCode + accountNumber, dashed, iban, iban.toLowerCase()]) {
      expect(await search(query)).toMatchObject({ by: "account", found: 1, next: null });
      expect(await namesFound(query)).toEqual(["Ada Marlow"]);
    }
    expect(await search("Ada.Marlow@Example.com")).toMatchObject({ by: "email", found: 1 });
    expect(await search(adaRef)).toMatchObject({ by: "reference", found: 1 });
    expect((await search(accountNumber)).customers[0]).toMatchObject({
      ref: adaRef,
      kind: "customer",
      email: "ada.marlow@example.com",
      accounts: [{ sortCode, accountNumber }],
    });
  });

  it.each([
    "%",
    "__",
    "%%",
    "\\\\",
    "' OR 1=1 --",
    "'; DROP TABLE identity.people; --",
    "<script>alert(1)</script>",
    "${7*7}",
    "00000000",
    "99999912345678",
    "GB12ABCD00421712345678",
    "nobody@example.com",
    "cus_00000000000000000000000000000000",
    "🙂🙂",
  ])("takes %s as text, and finds nobody", async (query) => {
    const padded = query.length < 2 ? `${query}${query}` : query;
    expect(await search(padded)).toMatchObject({ customers: [], found: 0, next: null });
  });

  it.each(["query=a", "query=", "", `query=${"x".repeat(81)}`, "query=ada&from=-1", "query=ada&role=admin"])(
    "refuses ?%s",
    async (query) => {
      expect((await bank.asStaff("GET", `/staff/customers?${query}`, support)).status).toBe(400);
    },
  );

  it("comes page by page, and says when there may be more than it shows", async () => {
    await bank.asOwner(
      `INSERT INTO identity.people
              (id, first_name, last_name, date_of_birth, address, email, phone, created_at)
       SELECT 'person_many' || n, 'Zoe', 'Quill' || lpad(n::TEXT, 4, '0'), '1990-01-01', '{}',
              'z@example.com', '', now()
         FROM generate_series(1, 260) AS n`,
      [],
    );
    const path = "/staff/customers?query=zoe";
    const first = granted<CustomersFound>(await bank.asStaff("GET", path, support));
    expect([first.customers.length, first.found, first.next]).toEqual([50, 200, 50]);
    const last = granted<CustomersFound>(await bank.asStaff("GET", `${path}&from=150`, support));
    expect([last.customers.length, last.next]).toEqual([50, null]);
    const refs = new Set([...first.customers, ...last.customers].map(({ ref }) => ref));
    expect(refs.size).toBe(100);
  });

  it("reads one range of an index, however many customers there are", async () => {
    const client = await bank.database.pool.connect();
    await client.query("BEGIN; SET LOCAL enable_seqscan = off");
    const { rows } = await client.query<{ "QUERY PLAN": string }>(
      `EXPLAIN
        SELECT id
          FROM identity.people
         WHERE lower(last_name || ' ' || first_name) LIKE lower('Quill02%')
         LIMIT 200`,
    );
    await client.query("ROLLBACK");
    client.release();
    expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).toMatch(/Index Cond: .*~>=~ 'quill02'/);
  });

  it("is in the audit with the query and whom it showed", async () => {
    await search("Marlow");
    expect((await audited("customers-searched")).at(-1)).toMatchObject({
      actor: "staff_0351zSMq07Iva4X1j6koV4",
      subject: "customers",
      details: { staffName: "Iris Holm", query: "Marlow", found: 1, customers: [adaRef] },
    });
  });
});

describe("a customer's page", () => {
  it("has the person, accounts, feed, devices, passkeys and who looked", async () => {
    const answer = await bank.asStaff("GET", `/staff/customers/${adaRef}`, support);
    const customer = granted<Customer>(answer);
    expect(customer).toMatchObject({
      ref: adaRef,
      kind: "customer",
      name: "Ada Marlow",
      email: "ada.marlow@example.com",
      registration: { state: "completed", reasons: [], decidedAt: null },
      accounts: [{ accountNumber: ada.account.accountNumber, balance: { minor: 46_500, currency: "GBP" } }],
      devices: [{ sessions: [{ openedBy: "registration" }] }],
      passkeys: [{ lastUsedAt: null }],
      threads: [],
    });
    expect(customer.transactions).toHaveLength(25);
    expect(customer.looks[0]).toMatchObject({
      staff: { name: "Iris Holm" },
      action: "customer-seen",
      customers: 1,
    });
    expect(customer.looks.some(({ action }) => action === "customers-searched")).toBe(true);
    const path = `/staff/customers/${adaRef}/transactions?account=${ada.account.id}&before=${customer.older}`;
    const older = granted<Transactions>(await bank.asStaff("GET", path, support));
    expect(older.transactions).toHaveLength(5);
    expect((await audited("customer-feed-seen")).at(-1)?.details).toMatchObject({ customers: [adaRef] });
  });

  it("that isn't there is answered alike, whatever the reference looks like", async () => {
    const asked = ["cus_00000000000000000000000000000000", "nonsense", "%27%3B--", ada.personId];
    for (const ref of asked) {
      const answer = await bank.asStaff("GET", `/staff/customers/${ref}`, support);
      expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
    }
    const account = randomId("acc");
    const feed = `/staff/customers/${adaRef}/transactions?account=${account}&before=1.${randomId("tx")}`;
    expect((await bank.asStaff("GET", feed, support)).status).toBe(404);
  });

  it("marks the demo's and the probes' customers", async () => {
    await bank.asOwner("UPDATE identity.people SET demo = TRUE WHERE id = 'person_many1'", []);
    await bank.asOwner("UPDATE identity.people SET probe = TRUE WHERE id = 'person_many2'", []);
    const { customers } = await search("Quill000");
    expect(customers.slice(0, 3).map(({ kind }) => kind)).toEqual(["demo", "probe", "customer"]);
  });
});

describe("names", () => {
  it("are given for references, and the look is one entry with how many and which", async () => {
    const refs = [adaRef, "cus_00000000000000000000000000000000"];
    const before = await audited("customer-names-seen");
    const answer = await bank.asStaff("POST", "/staff/customers/names", ["release-manager"], { refs });
    expect(granted<CustomerNames>(answer).names).toEqual([
      { ref: adaRef, name: "Ada Marlow", kind: "customer" },
    ]);
    const after = await audited("customer-names-seen");
    expect(after).toHaveLength(before.length + 1);
    expect(after.at(-1)?.details).toMatchObject({ asked: 2, named: 1, customers: [adaRef] });
  });

  it.each([
    ["none", { refs: [] }],
    ["too many", { refs: Array.from({ length: 201 }, (_, at) => `cus_${at}`) }],
    ["the same twice", { refs: ["cus_1", "cus_1"] }],
    ["no list", {}],
    ["numbers", { refs: [1] }],
    ["more than asked", { refs: ["cus_1"], everybody: true }],
  ])("of %s are refused", async (_what, body) => {
    expect((await bank.asStaff("POST", "/staff/customers/names", support, body)).status).toBe(400);
  });
});

describe("whoever asks", () => {
  const asks = (ref: string) =>
    [
      ["GET", "/staff/customers?query=ada", ["support"], undefined],
      ["GET", `/staff/customers/${ref}`, ["support"], undefined],
      ["POST", "/staff/customers/names", ["support", "release-manager"], { refs: [ref] }],
    ] as const;

  it("needs a role that may, and control's word for it", async () => {
    for (const [method, path, may, body] of asks(adaRef)) {
      for (const role of staff_roles) {
        const expected = (may as readonly StaffRole[]).includes(role) ? 200 : 403;
        expect([path, role, (await bank.asStaff(method, path, [role], body)).status]).toEqual([
          path,
          role,
          expected,
        ]);
      }
      expect((await bank.asStaff(method, path, null, body)).status).toBe(401);
    }
  });

  it("without the role learns nothing, not even who exists", async () => {
    const answers = await Promise.all(
      [adaRef, "cus_nobody"].map((ref) => bank.asStaff("GET", `/staff/customers/${ref}`, ["admin"])),
    );
    const [one, other] = answers.map(({ status, body }) => {
      const { requestId: _, ...rest } = body as Record<string, unknown>;
      return { status, rest };
    });
    expect(one).toEqual(other);
  });
});
