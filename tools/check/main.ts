import { runChecks } from "./checks.ts";

const failed = await runChecks((line) => process.stdout.write(`${line}\n`));
process.exit(failed === 0 ? 0 : 1);
