import { ConfigError } from "./config.ts";

/**
 * Runs a server process: starts it, and on SIGTERM or Ctrl-C ends it by what `start` answered. One that can't
 * start says why in one sentence; anything but a wrong configuration is a bug and shows its stack.
 */
export function runProcess(start: () => Promise<() => Promise<void>>): void {
  const fail = (error: unknown): void => {
    process.stderr.write(
      `${error instanceof ConfigError ? error.message : String((error as Error).stack)}\n`,
    );
    process.exit(1);
  };
  start()
    .then((stop) => {
      const end = (): void => void stop().then(() => process.exit(0), fail);
      process.once("SIGTERM", end);
      process.once("SIGINT", end);
    })
    .catch(fail);
}
