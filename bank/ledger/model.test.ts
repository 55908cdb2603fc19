import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import {
  checkLedger,
  createFeedConsumer,
  createLedger,
  renderReport,
  type AccountId,
  type Outcome,
  type Transfer,
} from "./index.ts";
import { createLedgerModel, type ModelOutcome } from "./reference-model.ts";
import { createTestBook, gbp } from "./test-book.ts";

const book = await createTestBook();
const { ledger, clock, open, db } = book;
afterAll(book.close);

const accounts_max = 4;
const ids_max = 14;

type Step =
  | { readonly do: "post"; readonly transfer: TransferPlan }
  | { readonly do: "link"; readonly group: readonly TransferPlan[] }
  | { readonly do: "wait"; readonly ms: number };

/** A transfer with small numbers in place of ids, so that ids come again and name one another. */
type TransferPlan = {
  readonly type: Transfer["type"];
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly amount: number;
  readonly isWhole: boolean;
  readonly target: number;
  readonly kind: string;
  readonly expiresInMs: number | null;
};

const plan: fc.Arbitrary<TransferPlan> = fc.record({
  type: fc.constantFrom("transfer", "transfer", "hold", "capture", "release", "reversal"),
  id: fc.nat({ max: ids_max }),
  from: fc.nat({ max: accounts_max }),
  to: fc.nat({ max: accounts_max }),
  amount: fc.integer({ min: 1, max: 60 }),
  isWhole: fc.boolean(),
  target: fc.nat({ max: ids_max }),
  kind: fc.constantFrom("payment", "payment", "chargeback"),
  expiresInMs: fc.option(fc.integer({ min: 1, max: 50 })),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant("post" as const), transfer: plan }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("link" as const),
      group: fc.uniqueArray(plan, { minLength: 1, maxLength: 4, selector: (one) => one.id }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 40 }) }),
  },
);

/** Gives a plan's numbers the ids of one run of the test. */
function realise(plan: TransferPlan, run: string, accounts: readonly AccountId[]): Transfer {
  const account = (index: number) => accounts[index % accounts.length] as AccountId;
  const to = plan.to === plan.from ? plan.to + 1 : plan.to;
  const common = { id: `${run}-${plan.id}`, kind: plan.kind };
  const amount = gbp(BigInt(plan.amount));
  const named = `${run}-${plan.target}`;
  const between = { debitAccount: account(plan.from), creditAccount: account(to), amount };
  switch (plan.type) {
    case "transfer":
      return { ...common, type: "transfer", ...between };
    case "hold": {
      const expiresAt = plan.expiresInMs === null ? null : new Date(clock.now().getTime() + plan.expiresInMs);
      return { ...common, type: "hold", ...between, ...(expiresAt === null ? {} : { expiresAt }) };
    }
    case "capture":
      return { ...common, type: "capture", holdId: named, ...(plan.isWhole ? {} : { amount }) };
    case "release":
      return { ...common, type: "release", holdId: named };
    case "reversal":
      return { ...common, type: "reversal", reverses: named, ...(plan.isWhole ? {} : { amount }) };
  }
}

function word(outcome: Outcome): ModelOutcome {
  return outcome.status === "posted" ? "posted" : outcome.code;
}

async function openAccounts(): Promise<AccountId[]> {
  return [
    await open("settlement"),
    await open("customer"),
    await open("customer", { floor: -50n }),
    await open("pot", { floor: 0n, ceiling: 100n }),
    await open("customer"),
  ];
}

const unbounded = 2n ** 62n;
const limits: readonly [floor: bigint, ceiling: bigint][] = [
  [-unbounded, unbounded],
  [0n, unbounded],
  [-50n, unbounded],
  [0n, 100n],
  [0n, unbounded],
];

const lonely = { from: 0, to: 1, amount: 1, isWhole: false, target: 0, kind: "payment", expiresInMs: null };
/** Found by chance before: a group that reverses its own member. */
const reverses_its_own: Step[] = [
  {
    do: "link",
    group: [
      { ...lonely, type: "transfer", id: 3 },
      { ...lonely, type: "reversal", id: 0, target: 3 },
    ],
  },
];

describe("the ledger and the model", () => {
  test("agree on every outcome, every balance and every entry, one call after the other", async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        runs += 1;
        const accounts = await openAccounts();
        const model = createLedgerModel(() => clock.now());
        for (const [index, id] of accounts.entries()) model.open(id, ...(limits[index] as [bigint, bigint]));
        for (const one of steps) {
          if (one.do === "wait") clock.advance(one.ms);
          else if (one.do === "post") {
            const transfer = realise(one.transfer, `m${runs}`, accounts);
            expect(word(await ledger.post(transfer))).toBe(model.post(transfer));
          } else {
            const group = one.group.map((plan) => realise(plan, `m${runs}`, accounts));
            expect((await ledger.postLinked(group)).map(word)).toEqual(model.postLinked(group));
          }
        }
        const found = await ledger.balances(accounts);
        for (const id of accounts) {
          const expected = model.account(id);
          expect(found.get(id)).toMatchObject({ posted: expected.posted, held: expected.held });
          const entries = await ledger.entries({ account: id, limit: 100, order: "ascending" });
          expect(entries.map((entry) => entry.balanceAfter)).toEqual(expected.balances);
          expect(entries.map((entry) => Number(entry.number))).toEqual(
            expected.balances.map((_, at) => at + 1),
          );
        }
      }),
      { numRuns: 60, examples: [[reverses_its_own]] },
    );
    const report = await checkLedger(db.pool, { clock });
    expect(report.ok, renderReport(report)).toBe(true);
  });
});

describe("many posters at once, from two processes", () => {
  test("agree: each id has one outcome, the book balances, the feed tells it in order", async () => {
    const other = createLedger({ pool: db.pool, clock });
    const numbers = new Map<AccountId, bigint>();
    const balances = new Map<AccountId, bigint>();
    const feed = createFeedConsumer({
      ...{ pool: db.pool, clock, name: "concurrent", pollMs: 5, ledger },
      handle(entries) {
        for (const entry of entries) {
          const last = numbers.get(entry.account) ?? 0n;
          if (entry.number <= last) continue;
          expect(entry.number).toBe(last + 1n);
          numbers.set(entry.account, entry.number);
          balances.set(entry.account, entry.balanceAfter);
        }
      },
      onError: (error) => expect.fail(String(error)),
    });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 100, maxLength: 300 }), async (plans) => {
        runs += 1;
        const accounts = await openAccounts();
        const transfers = plans.map((one, index) =>
          // Every third id comes again, often with the same content, always at the same time.
          realise({ ...one, id: index % 3 === 0 ? one.id : 100 + index }, `c${runs}`, accounts),
        );
        const calls = transfers.flatMap((transfer, index) => {
          const [here, there] = index % 2 === 0 ? [ledger, other] : [other, ledger];
          return [here, there, here].map(async (door) => ({ transfer, outcome: await door.post(transfer) }));
        });
        const answers = await Promise.all(calls);
        const posted = new Map<string, Set<string>>();
        for (const { transfer, outcome } of answers) {
          if (outcome.status === "conflict") continue;
          const words = posted.get(transfer.id) ?? new Set();
          posted.set(transfer.id, words.add(word(outcome)));
        }
        for (const [id, words] of posted) expect([id, words.size]).toEqual([id, 1]);
        const again = await Promise.all(transfers.map((transfer) => other.post(transfer)));
        for (const [index, outcome] of again.entries()) {
          if (outcome.status === "conflict") continue;
          expect(posted.get(transfers[index]?.id ?? "")).toContain(word(outcome));
        }
      }),
      // What other runs happened to do at the same time can't be repeated, so there is nothing to shrink.
      { numRuns: 8, endOnFailure: true },
    );
    const report = await checkLedger(db.pool, { clock });
    expect(report.ok, renderReport(report)).toBe(true);
    while ((await feed.lagMs()) > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await feed.stop();
    const found = await ledger.balances([...numbers.keys()].slice(0, 1_000));
    for (const [id, account] of found) {
      expect([id, numbers.get(id), balances.get(id)]).toEqual([id, account.entryCount, account.posted]);
    }
  });
});
