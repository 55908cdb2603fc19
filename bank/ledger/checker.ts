import type { Clock } from "@mainstay/kernel";
import type pg from "pg";
import { checks, readPosted, type CheckQuery } from "./checker-store.ts";

/** The most mismatches of one check that are told one by one; the count is always whole. */
const told_max = 20;

/** What somebody outside says an account should hold: a payment scheme's or a correspondent's statement. */
export type ExternalStatement = {
  readonly account: string;
  /** As the ledger signs it: what the bank owes is positive. In minor units. */
  readonly balance: bigint;
  /** Who says so. */
  readonly source: string;
};

/** One thing that was checked. */
export type CheckLine = {
  readonly name: string;
  /** How many accounts, transfers, holds … were looked at. */
  readonly checked: bigint;
  readonly mismatches: bigint;
  /** The first mismatches, in words. */
  readonly examples: readonly string[];
  /** How long the check took, in milliseconds. */
  readonly took_ms: number;
};

/** What the checker found, all as of one instant. */
export type CheckReport = {
  readonly ok: boolean;
  readonly checkedAt: Date;
  readonly lines: readonly CheckLine[];
};

async function runCheck(client: pg.PoolClient, check: CheckQuery): Promise<Omit<CheckLine, "took_ms">> {
  const { rows } = await client.query<{ checked: string; mismatches: string; examples: string[] | null }>(
    check.sql,
    [told_max],
  );
  const row = rows[0];
  return {
    name: check.name,
    checked: BigInt(row?.checked ?? 0),
    mismatches: BigInt(row?.mismatches ?? 0),
    examples: row?.examples ?? [],
  };
}

async function checkStatement(
  client: pg.PoolClient,
  statement: ExternalStatement,
): Promise<Omit<CheckLine, "took_ms">> {
  const { account, source, balance } = statement;
  const posted = (await readPosted(client, account)) ?? "no such account";
  const agrees = posted === balance.toString();
  const says = `${account}: the ledger has ${posted}, ${source} says ${balance}`;
  return {
    name: `${statement.account} agrees with ${statement.source}`,
    checked: 1n,
    mismatches: agrees ? 0n : 1n,
    examples: agrees ? [] : [says],
  };
}

/**
 * Checks the whole book as of one instant, in a read-only snapshot that blocks nobody: sums, balances,
 * entries, holds, reversals, linked groups, and what others say that our accounts with them hold. Takes about
 * 5 s a million transfers.
 */
export async function checkLedger(
  pool: pg.Pool,
  options: { readonly clock: Clock; readonly statements?: readonly ExternalStatement[] },
): Promise<CheckReport> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    // A whole book is read here; the limits of everyday statements don't fit it.
    await client.query(
      "SET LOCAL statement_timeout = 0; SET LOCAL transaction_timeout = 0; SET LOCAL work_mem = '128MB'",
    );
    const lines: CheckLine[] = [];
    const add = async (checking: Promise<Omit<CheckLine, "took_ms">>): Promise<void> => {
      const begun_ms = options.clock.now().getTime();
      const line = await checking;
      lines.push({ ...line, took_ms: options.clock.now().getTime() - begun_ms });
    };
    for (const check of checks) await add(runCheck(client, check));
    for (const statement of options.statements ?? []) await add(checkStatement(client, statement));
    await client.query("COMMIT");
    const ok = lines.every((line) => line.mismatches === 0n);
    return { ok, checkedAt: options.clock.now(), lines };
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

/** Writes a report for people: a line for each check, mismatches beneath it, and the verdict last. */
export function renderReport(report: CheckReport): string {
  const lines = report.lines.flatMap((line) => [
    `${line.mismatches === 0n ? "ok      " : "MISMATCH"}  ${line.name}: ${line.checked} checked` +
      (line.mismatches === 0n ? "" : `, ${line.mismatches} wrong`),
    ...line.examples.map((example) => `            ${example}`),
  ]);
  const verdict = report.ok ? "The ledger is right." : "The ledger is WRONG: stop posting and find out why.";
  return [...lines, `${verdict} (${report.checkedAt.toISOString()})`].join("\n");
}

/** How many of the newest checks are remembered by their verdict. */
export const checks_remembered_max = 48;

/** A check's verdict. */
export type CheckVerdict = { readonly at: Date; readonly isRight: boolean };

/** A check that runs again and again. */
export type BackgroundChecker = {
  readonly stop: () => Promise<void>;
  /** The last report; null before the first. */
  readonly last: () => CheckReport | null;
  /** The newest verdicts, oldest first. */
  readonly history: () => readonly CheckVerdict[];
  readonly isRunning: () => boolean;
  /** Begins a check at once, where none is running; doesn't wait for it. */
  readonly checkNow: () => void;
};

/** Checks the book every `everyMs` and tells each report; a mismatch is an incident for whoever is told. */
export function createBackgroundChecker(options: {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly everyMs: number;
  readonly statements?: () => Promise<readonly ExternalStatement[]>;
  readonly onReport: (report: CheckReport) => void;
  readonly onError: (error: unknown) => void;
}): BackgroundChecker {
  let last: CheckReport | null = null;
  let history: readonly CheckVerdict[] = [];
  let running = Promise.resolve();
  let isRunning = false;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function check(): Promise<void> {
    try {
      const statements = (await options.statements?.()) ?? [];
      last = await checkLedger(options.pool, { clock: options.clock, statements });
      const verdict = { at: last.checkedAt, isRight: last.ok };
      history = [...history, verdict].slice(-checks_remembered_max);
      options.onReport(last);
    } catch (error) {
      options.onError(error);
    }
    isRunning = false;
    if (!isStopped) timer = setTimeout(start, options.everyMs);
  }

  function start(): void {
    if (isRunning || isStopped) return;
    clearTimeout(timer);
    isRunning = true;
    running = check();
  }

  timer = setTimeout(start, options.everyMs);
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
    last: () => last,
    history: () => history,
    isRunning: () => isRunning,
    checkNow: start,
  };
}
