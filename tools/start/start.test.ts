import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isAlive } from "@mainstay/platform/embedded-postgres";
import { findFreePorts } from "@mainstay/testkit/ports";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recoverDataFolder, takeDataFolder } from "./data-folder.ts";
import { readStartSettings } from "./environment.ts";

const folder = mkdtempSync(join(tmpdir(), "mainstay-start-"));
let port = 0;
beforeAll(async () => {
  port = await findFreePorts();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Answer = { readonly code: number | null; readonly said: string; readonly complained: string };

/** Runs `npm start` as it is, with an environment of its own, until it ends by itself. */
function start(environment: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts")], {
      env: {
        PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
        MAINSTAY_PORT: String(port),
        MAINSTAY_DATA: join(folder, "data"),
        ...environment,
      },
    });
    let said = "";
    let complained = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (complained += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => done({ code, said, complained: complained.trim() }));
  });
}

/** Expects one sentence, exit code 1, and nothing left behind. */
function expectRefusal(answer: Answer, sentence: RegExp): void {
  expect(answer.complained).toMatch(sentence);
  expect(answer.complained.split("\n")).toHaveLength(1);
  expect(answer.code).toBe(1);
  expect(existsSync(join(folder, "data"))).toBe(false);
}

describe("a start that can't be says so in one sentence and leaves nothing behind", () => {
  test("a port in use", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port: taken } = server.address() as AddressInfo;
    try {
      expectRefusal(await start({ MAINSTAY_PORT: String(taken) }), new RegExp(`^Port ${taken} .*in use`));
    } finally {
      server.close();
    }
  });

  test("a port that isn't one", async () => {
    expectRefusal(await start({ MAINSTAY_PORT: "eighty" }), /^MAINSTAY_PORT must be a number/);
  });

  test("a URL that isn't one", async () => {
    expectRefusal(await start({ DATABASE_URL: "bank" }), /^DATABASE_URL must be a URL/);
  });

  test("a URL at which nobody answers, without telling its password", async () => {
    const answer = await start({ DATABASE_URL: "postgresql://someone:hush@127.0.0.1:9/bank" });
    expectRefusal(answer, /^DATABASE_URL doesn't lead to a database at 127\.0\.0\.1:9\/bank/);
    expect(answer.complained).not.toContain("hush");
  });

  test("a folder that is a file", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    expectRefusal(await start({ MAINSTAY_DATA: file }), /isn't a folder/);
    expectRefusal(await start({ MAINSTAY_DATA: join(file, "beneath") }), /isn't a folder/);
  });

  test("a folder that can't be written", async () => {
    const closed = join(folder, "closed");
    mkdirSync(closed);
    chmodSync(closed, 0o555);
    // Root may write anywhere, except where the kernel itself says no.
    const place = process.getuid?.() === 0 ? "/proc/mainstay" : closed;
    expectRefusal(await start({ MAINSTAY_DATA: join(place, "data") }), /can't write to/);
    expect(readdirSync(closed)).toEqual([]);
  });

  test("demo features in production", async () => {
    expectRefusal(await start({ NODE_ENV: "production" }), /refused while NODE_ENV is production/);
    expectRefusal(await start({ NODE_ENV: "production", MAINSTAY_DEMO: "1" }), /refused/);
  });
});

describe("one start at a time holds a data folder", () => {
  test("the second one is told who holds it", async () => {
    const held = join(folder, "held");
    const first = takeDataFolder(held, 8080);
    expect(() => takeDataFolder(held, 8080)).toThrow("already starting");
    first.release();
    expect(existsSync(join(held, "start.lock"))).toBe(false);
  });

  test("what a killed start left running is ended, and nothing else", async () => {
    const left = join(folder, "left");
    const program = join(left, "bank.ts");
    mkdirSync(left);
    writeFileSync(program, "setInterval(() => {}, 1000);");
    const orphan = spawn(process.execPath, [program], { stdio: "ignore" });
    const bystander = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    const children = [orphan, bystander].map(({ pid }) => ({ pid: pid ?? 0, program }));
    // The start itself is gone: its number was never given out.
    const lock = { pid: 2 ** 31 - 2, program: "main.ts", port: 8080, children };
    writeFileSync(join(left, "start.lock"), JSON.stringify(lock));
    const gone = new Promise((done) => orphan.once("exit", done));
    await recoverDataFolder(left);
    await gone;
    expect(isAlive(bystander.pid ?? 0)).toBe(true);
    expect(existsSync(join(left, "start.lock"))).toBe(false);
    bystander.kill();
  });
});

test("the environment decides, and has defaults", () => {
  expect(readStartSettings({})).toMatchObject({ port: 8080, hasDemo: true, isProduction: false });
  expect(readStartSettings({ MAINSTAY_PORT: "9000", MAINSTAY_DEMO: "0" })).toMatchObject({
    port: 9000,
    hasDemo: false,
  });
  expect(readStartSettings({ NODE_ENV: "production", MAINSTAY_DEMO: "0" }).isProduction).toBe(true);
});
