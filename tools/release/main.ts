import { runRelease } from "./run.ts";

// Whoever reads may stop reading (`| head`); then there is nobody to tell anything.
process.stdout.on("error", () => process.exit());

process.exitCode = await runRelease(
  {
    words: process.argv.slice(2),
    environment: process.env,
    // npm runs commands in the project's folder, and says where they were typed.
    folder: process.env["INIT_CWD"] ?? process.cwd(),
    say: (line) => process.stdout.write(`${line}\n`),
  },
  (line) => process.stderr.write(`${line}\n`),
);
