import { parseArgs } from "node:util";
import { systemClock, systemRandom } from "@mainstay/platform";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { playReplay } from "./replay.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    /** A fleet small enough for the tests. */
    small: { type: "boolean", default: false },
  },
});

const say = (line: string) => process.stderr.write(`${line}\n`);
try {
  const { figures, reportPath, places } = await playReplay({
    isSmall: values.small,
    clock: systemClock,
    random: systemRandom,
    say,
  });
  say(`The report: ${reportPath}`);
  for (const [name, path] of Object.entries(places)) say(`${name.padEnd(8)} ${path}`);
  if (values.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  process.exit(figures.ledger_ok ? 0 : 1);
} catch (error) {
  say(error instanceof OperatorError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exit(1);
}
