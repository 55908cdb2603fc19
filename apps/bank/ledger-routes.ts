import { moneyToJson, present, type Clock, type Currency } from "@mainstay/kernel";
import type { StaffGate } from "@mainstay/identity";
import {
  createOverview,
  isAccountId,
  type Account,
  type AccountKind,
  type BackgroundChecker,
  type CheckReport,
  type Ledger,
  type Overview,
} from "@mainstay/ledger";
import { platform_problems, problem, type HttpServer } from "@mainstay/platform";
import {
  EmptySchema,
  LedgerEntriesQuerySchema,
  LedgerEntriesSchema,
  LedgerOverviewSchema,
  withProblems,
  type LedgerEntries,
  type LedgerOverview,
  type StaffRole,
} from "@mainstay/wire";
import type pg from "pg";

const tags = ["staff"];
const readers: readonly StaffRole[] = ["payments", "auditor"];
/** The entries of one page. */
const entries_shown_max = 50;
/** Whose accounts these are is nobody's business on the ledger's page: staff see them with the customer. */
const customers_kinds: readonly AccountKind[] = ["customer", "pot"];

type Deps = {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly staff: StaffGate;
  /** The background check, once the bank's work has started. */
  readonly checker: () => BackgroundChecker | null;
  readonly check_ms: number;
};

/** Adds what staff ask about the ledger. */
export function addLedgerRoutes(server: HttpServer, deps: Deps): void {
  const { staff, ledger } = deps;
  const overview = createOverview(deps);
  server.get(
    "/staff/ledger",
    {
      schema: {
        tags,
        summary: "Trial balance, checker and feed",
        response: withProblems(LedgerOverviewSchema),
      },
    },
    async (request) => {
      staff.require(request, readers);
      return overviewView(await overview(), deps);
    },
  );
  server.post(
    "/staff/ledger/check",
    {
      schema: { tags, summary: "Check the book now", body: EmptySchema, response: withProblems(EmptySchema) },
    },
    async (request) => {
      const by = staff.require(request, ["payments"]);
      await staff.looked(by, { action: "ledger-check-asked", subject: "ledger", customers: [] });
      deps.checker()?.checkNow();
      return {};
    },
  );
  server.get(
    "/staff/ledger/entries",
    {
      schema: {
        tags,
        summary: "Entries of one of the bank's own accounts",
        querystring: LedgerEntriesQuerySchema,
        response: withProblems(LedgerEntriesSchema),
      },
    },
    async (request) => {
      staff.require(request, readers);
      const { account: id, before } = request.query;
      const account = isAccountId(id) ? await ledger.account(id) : null;
      if (account === null || customers_kinds.includes(account.kind)) {
        throw problem(platform_problems, "not_found");
      }
      return entriesView(ledger, account, before);
    },
  );
}

function overviewView(overview: Overview, deps: Deps): LedgerOverview {
  const checker = deps.checker();
  const now = deps.clock.now().getTime();
  return {
    asOf: overview.asOf.toISOString(),
    currencies: overview.currencies.map(({ currency, debit, credit, lines }) => {
      const inJson = (minor: bigint) => moneyToJson({ minor, currency });
      return {
        currency,
        debit: inJson(debit),
        credit: inJson(credit),
        difference: inJson(debit - credit),
        lines: lines.map((line) => ({
          kind: line.kind,
          account: line.account,
          accounts: Number(line.accounts),
          debit: inJson(line.debit),
          credit: inJson(line.credit),
          held: inJson(line.held),
        })),
      };
    }),
    accounts: Number(overview.accounts),
    transfers: Number(overview.transfers),
    checker: {
      last: reportView(checker?.last() ?? null),
      isRunning: checker?.isRunning() ?? false,
      every_ms: deps.check_ms,
      history: (checker?.history() ?? []).map(({ at, isRight }) => ({ at: at.toISOString(), isRight })),
    },
    feed: overview.feed.map(({ consumer, movedAt, oldestAt }) => ({
      consumer,
      movedAt: movedAt.toISOString(),
      behind_ms: oldestAt === null ? 0 : Math.max(0, now - oldestAt.getTime()),
    })),
    queue: deps.ledger.queue(),
  };
}

function reportView(report: CheckReport | null): LedgerOverview["checker"]["last"] {
  if (report === null) return null;
  const lines = report.lines.map((line) => ({
    name: line.name,
    checked: Number(line.checked),
    mismatches: Number(line.mismatches),
    took_ms: line.took_ms,
    examples: [...line.examples],
  }));
  const took_ms = lines.reduce((sum, line) => sum + line.took_ms, 0);
  return { at: report.checkedAt.toISOString(), took_ms, isRight: report.ok, lines };
}

async function entriesView(
  ledger: Ledger,
  account: Account,
  before: number | undefined,
): Promise<LedgerEntries> {
  const asked = { account: account.id, limit: entries_shown_max + 1 };
  const entries = await ledger.entries(before === undefined ? asked : { ...asked, before: BigInt(before) });
  const shown = entries.slice(0, entries_shown_max);
  const transfers = await ledger.transfers(shown.map(({ transferId }) => transferId));
  const inJson = (minor: bigint, currency: Currency = account.currency) => moneyToJson({ minor, currency });
  const last = shown.at(-1);
  return {
    account: account.id,
    kind: account.kind,
    balance: inJson(account.posted),
    entries: shown.map((entry) => {
      const transfer = present(transfers.get(entry.transferId), `transfer ${entry.transferId}`);
      const isDebit = transfer.debitAccount === account.id;
      return {
        number: Number(entry.number),
        at: entry.bookedAt.toISOString(),
        valueDate: entry.valueDate,
        amount: moneyToJson(entry.amount),
        balanceAfter: inJson(entry.balanceAfter),
        transfer: entry.transferId,
        kind: transfer.kind,
        other: isDebit ? transfer.creditAccount : transfer.debitAccount,
      };
    }),
    older: entries.length > shown.length && last !== undefined ? Number(last.number) : null,
  };
}
