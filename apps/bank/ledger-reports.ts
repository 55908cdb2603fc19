import type { CheckReport } from "@mainstay/ledger";
import type { LedgerReport } from "@mainstay/wire";

/** The most examples of one wrong check that are told, how long one is, and how many checks are. */
const examples_max = 5;
const example_length_max = 400;
const wrong_max = 30;

/** Tells release control when the book becomes wrong, or right again. */
export type LedgerReporter = {
  /** Takes a report of the checker. */
  readonly note: (report: CheckReport) => void;
  /** Sends what control doesn't know yet; where that fails it throws, and the next call tries again. */
  readonly tell: () => Promise<void>;
};

/** What makes two reports the same: whether the book is right, and which checks are wrong. */
function sameness(report: LedgerReport): string {
  return JSON.stringify([report.ok, report.wrong.map(({ name }) => name)]);
}

/**
 * Makes a reporter. The first report after a start is told whatever it says: what was told before the start
 * is not known any more, and control makes one incident of the same twice.
 */
export function createLedgerReporter(send: (report: LedgerReport) => Promise<void>): LedgerReporter {
  let latest: LedgerReport | null = null;
  let told: string | null = null;
  return {
    note: (report) => {
      latest = {
        at: report.checkedAt.toISOString(),
        ok: report.ok,
        wrong: report.lines
          .filter((line) => line.mismatches > 0n)
          .slice(0, wrong_max)
          .map(({ name, examples }) => ({
            name,
            examples: examples.slice(0, examples_max).map((example) => example.slice(0, example_length_max)),
          })),
      };
    },
    tell: async () => {
      if (latest === null || sameness(latest) === told) return;
      const sent = latest;
      await send(sent);
      told = sameness(sent);
    },
  };
}
