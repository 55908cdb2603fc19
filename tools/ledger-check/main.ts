import { checkLedger, renderReport } from "@mainstay/ledger";
import { settlementStatements } from "@mainstay/payments";
import { OperatorError, createDatabase, systemClock } from "@mainstay/platform";
import { openExistingBank } from "./existing-bank.ts";

/** Checks the whole ledger and says what was checked; answers the exit code. */
async function main(): Promise<number> {
  const bank = await openExistingBank();
  try {
    const options = { url: bank.url, connections_max: 1, applicationName: "mainstay-ledger-check" };
    const database = createDatabase(options);
    try {
      const statements = await settlementStatements(database, systemClock);
      const report = await checkLedger(database.pool, { clock: systemClock, statements });
      process.stdout.write(`${renderReport(report)}\n`);
      return report.ok ? 0 : 1;
    } finally {
      await database.close();
    }
  } finally {
    await bank.close();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const isExpected = error instanceof OperatorError;
  process.stderr.write(`${isExpected ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}
