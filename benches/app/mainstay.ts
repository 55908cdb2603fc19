import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const start_program = join(import.meta.dirname, "../../tools/start/main.ts");
const ready_ms_max = 240_000;
const ports_needed = [0, 1, 2, 3, 4, 5] as const;

/** A Mainstay that runs for the bench alone, in a folder of its own. */
export type BenchMainstay = { readonly url: string; readonly stop: () => Promise<void> };

function listenOnce(port: number): Promise<number | null> {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", () => done(null));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : null));
    });
  });
}

/** Finds a port after which the next ones are free as well. */
async function freePorts(): Promise<number> {
  for (;;) {
    const first = await listenOnce(0);
    if (first === null || first > 60_000) continue;
    const free = await Promise.all(ports_needed.map((distance) => listenOnce(first + distance)));
    if (free.every((port) => port !== null)) return first;
  }
}

/** Starts a Mainstay the way `npm start` does, and waits until it says that it is ready. */
export async function startMainstay(): Promise<BenchMainstay> {
  const port = await freePorts();
  const folder = mkdtempSync(join(tmpdir(), "mainstay-bench-app-"));
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(folder, 0o755);
  const child = spawn(process.execPath, [start_program], {
    env: {
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      TMPDIR: tmpdir(),
      MAINSTAY_PORT: String(port),
      MAINSTAY_DATA: folder,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  const ended = new Promise<void>((done) => child.once("exit", () => done()));
  const ready = new Promise<void>((done, fail) => {
    const late = setTimeout(() => fail(new Error(`Mainstay wasn't ready in time:\n${said}`)), ready_ms_max);
    const listen = (chunk: Buffer) => {
      said += chunk.toString("utf8");
      if (!/^ready$/m.test(said)) return;
      clearTimeout(late);
      done();
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.once("exit", () => fail(new Error(`Mainstay didn't start:\n${said}`)));
  });
  const stop = async () => {
    child.kill("SIGINT");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  await ready.catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { url: `http://localhost:${port}/`, stop };
}
