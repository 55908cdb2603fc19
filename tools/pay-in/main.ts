import { parseArgs } from "node:util";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { portsOf, readStartSettings } from "../start/environment.ts";

const usage =
  "Say whom to pay, and how much: " +
  "npm run pay-in -- --account <IBAN, or sort code and account number> --amount 250.00 " +
  "[--from <name>] [--to <name>] [--reference <text>]";

type Outcome = { readonly outcome?: string; readonly sentence?: string; readonly detail?: string };

function readOrder(): Readonly<Record<string, string>> {
  const text = { type: "string" } as const;
  try {
    const options = { account: text, amount: text, from: text, to: text, reference: text };
    const { values } = parseArgs({ options });
    if (values.account !== undefined && values.amount !== undefined) return { ...values };
  } catch {
    // A word that isn't known: the usage says which are.
  }
  throw new OperatorError(usage);
}

/** Has the simulated outside world pay into an account; answers the exit code. */
async function main(): Promise<number> {
  const order = readOrder();
  const { simulator } = portsOf(readStartSettings().port);
  const answer = await fetch(`http://127.0.0.1:${simulator}/api/pay-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(order),
  }).catch(() => {
    throw new OperatorError(
      `Nobody answers at port ${simulator}: npm start first, with the same MAINSTAY_PORT.`,
    );
  });
  const said = (await answer.json()) as Outcome;
  process.stdout.write(`${said.sentence ?? said.detail ?? JSON.stringify(said)}\n`);
  return said.outcome === "accepted" ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const isExpected = error instanceof OperatorError;
  process.stderr.write(`${isExpected ? error.message : String((error as Error).stack)}\n`);
  process.exitCode = 1;
}
