import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { acceptKeys, readPublicKeys, readPublishedZip, readSource, readVersion } from "@mainstay/catalog";
import { writeBuild } from "../../tests/support/publisher.ts";
import { emptyPlan, startControl } from "../../tests/support/stand-in-control.ts";
import { runRelease } from "./run.ts";

let folder: string;
let data: string;
let control: Awaited<ReturnType<typeof startControl>>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mainstay-release-"));
  data = join(folder, "data");
  mkdirSync(data);
  writeFileSync(join(data, "secrets.json"), JSON.stringify({ edgeSecret: "s".repeat(32) }));
  control = await startControl();
});

afterEach(async () => {
  await control.stop();
  rmSync(folder, { recursive: true, force: true });
});

type Answer = { readonly code: number; readonly said: string; readonly complained: string };

/** Types a command, as `npm run release -- …` does. Control's port follows from the app's. */
async function release(words: readonly string[], port = control.port - 1): Promise<Answer> {
  const [said, complained]: [string[], string[]] = [[], []];
  const environment = { MAINSTAY_DATA: data, MAINSTAY_PORT: String(port) };
  const typed = { words, environment, folder, say: (line: string) => said.push(line) };
  const code = await runRelease(typed, (line) => complained.push(line));
  return { code, said: said.join("\n"), complained: complained.join("\n") };
}

const build = (words = "one") =>
  writeBuild(join(folder, "dist"), {
    files: { "assets/main-1.js": `export const words = "${words}";` },
    notes: { "main.tsx": { file: "assets/main-1.js", isEntry: true } },
  });
const publish = (version: string, ...more: string[]) =>
  release(["publish", "dist", "--version", version, "--platforms", "web", ...more]);

function expectRefusal(answer: Answer, sentence: RegExp): void {
  expect(answer.complained).toMatch(sentence);
  expect(answer.complained.split("\n")).toHaveLength(1);
  expect([answer.code, answer.said]).toEqual([1, ""]);
}

const knownVersion = (version: string) => ({
  ...{ version, platforms: ["web"], loginProtocol: "login/1", summary: "", state: "known" },
  registeredAt: "2026-11-22T10:00:00.000Z",
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("what is typed wrong is answered with how it is typed", async () => {
  expect((await release([])).complained).toMatch(/publish +signs a built app/);
  expectRefusal(await release(["publish"]), /^Type it so: npm run release -- publish <folder or zip>/);
  expectRefusal(await release(["withdraw", "1.0.0", "--why", "x"]), /^Type it so: .*--reason/);
  expectRefusal(await release(["withdraw", "1.0.0"]), /^--reason is missing/);
  expectRefusal(await release(["start", "1.0.0"]), /console\.localhost/);
  expectRefusal(
    await publish("1.0.0", "--platforms", "windows"),
    /^--platforms takes some of ios,android,web/,
  );
});

test("it is a program of its own", async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "list"], {
    env: { PATH: dirname(process.execPath), MAINSTAY_DATA: data },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complained = "";
  child.stderr.on("data", (chunk: Buffer) => (complained += chunk.toString("utf8")));
  expect(await new Promise((done) => child.once("close", done))).toBe(1);
  expect(complained).toMatch(/^The public keys of releases can't be read from [^\n]+\n$/);
});

describe("publishing", () => {
  beforeEach(async () => {
    await build();
    expect((await release(["keys"])).code).toBe(0);
  });

  test("makes a version, tells control of it, and does nothing the second time", async () => {
    const first = await publish("1.4.0", "--summary", "Faster", "--min-shell", "1.2.0");
    expect(first).toMatchObject({ code: 0, complained: "" });
    expect(first.said).toMatch(
      /^1\.4\.0 is published \(1 files, login\/1\)\. Control knows of it\. It is stable on web\.$/,
    );
    expect(control.registered()).toEqual([{ version: "1.4.0", adopt: false }]);
    const again = await publish("1.4.0", "--summary", "Faster", "--min-shell", "1.2.0");
    expect(again.code).toBe(0);
    expect(again.said).toContain("1.4.0 is published already");
    const keys = acceptKeys(readPublicKeys(join(data, "release-keys.json")));
    const { manifest } = await readVersion(join(data, "catalog"), "1.4.0", keys);
    expect(manifest).toMatchObject({ summary: "Faster", minimumShell: "1.2.0", platforms: ["web"] });
    expect((await release(["list"])).said).toMatch(/^1\.4\.0 +login\/1 {2}web {2}Faster$/);
    expect((await release(["show", "1.4.0"])).said).toContain("the signature fits");
  });

  test("for native shells comes with a boot layer that knows the keys; for the web without", async () => {
    await publish("1.4.0");
    expect(JSON.parse((await release(["show", "1.4.0"])).said.split("\n}\n")[0] + "}")).toMatchObject({
      zip: null,
    });
    await release(["publish", "dist", "--version", "1.5.0", "--platforms", "ios"]);
    const keys = acceptKeys(readPublicKeys(join(data, "release-keys.json")));
    await readPublishedZip(join(data, "catalog"), "1.5.0", keys);
    const files = await readSource(join(data, "catalog/1.5.0/bundle.zip"));
    const page = files.find(({ path }) => path === "index.html")?.content.toString("utf8");
    expect(page).toContain(`content="${[...keys.keys()].join()}:`);
    expect(files.map(({ path }) => path)).toContain("v/1.5.0/manifest.json.sig");
  });

  test("works with control away, which hears of it later", async () => {
    const away = await release(
      ["publish", "dist", "--version", "1.4.0", "--platforms", "web"],
      (await freePort()) - 1,
    );
    expect(away.code).toBe(0);
    expect(away.said).toContain("Control is away: it will hear of it");
  });

  test("says what control has against it, and that it is published nevertheless", async () => {
    control.state.reply = () => ({
      status: 409,
      body: { title: "That name is taken.", code: "version_conflict" },
    });
    const answer = await publish("1.4.0");
    expect(answer.code).toBe(1);
    expect(answer.said).toBe(
      "1.4.0 is published (1 files, login/1). Control refused it: That name is taken.",
    );
  });

  test("keeps nothing where what incidents demand can't be tried", async () => {
    const demanded = [{ journey: "recover", title: "Recovers", incident: "INC-0041" }];
    control.state.reply = ({ path }) => ({
      status: 200,
      body: path.startsWith("/internal/plan") ? emptyPlan() : { versions: [], demanded },
    });
    const answer = await publish("1.4.0");
    expect(answer.code).toBe(1);
    expect(answer.said).toContain("“Recovers” (recover, INC-0041)");
    expect(answer.complained).toMatch(/^1\.4\.0 isn't published and nothing was kept: .*Nobody answers at/);
    expect((await release(["list"])).said).toBe("");
    expect(control.registered()).toEqual([]);
  });

  test("of what control knows already asks for no check again", async () => {
    await publish("1.4.0");
    const demanded = [{ journey: "recover", title: "Recovers", incident: "INC-0041" }];
    const answer = control.state.reply;
    const versions = [knownVersion("1.4.0")];
    control.state.reply = (asked) =>
      asked.method === "GET" ? { status: 200, body: { versions, demanded } } : answer(asked);
    expect((await publish("1.4.0")).said).toContain("1.4.0 is published already");
    expect((await release(["list"])).said).toContain("1.4.0");
  });

  test("refuses in one sentence and keeps nothing", async () => {
    expectRefusal(await publish("v1"), /is no version/);
    expectRefusal(await publish("1.4.0", "--min-shell", "new"), /^Its manifest is not one/);
    symlinkSync("/etc/passwd", join(folder, "dist/assets/passwd.js"));
    expectRefusal(await publish("1.4.0"), /is a link/);
    expect(existsSync(join(data, "catalog"))).toBe(false);
    await build();
    await publish("1.4.0");
    expectRefusal(await publish("1.3.9"), /isn't newer than 1\.4\.0/);
    await build("two");
    expectRefusal(await publish("1.4.0"), /published already, with other content/);
  });

  test("needs the private key, closed to others", async () => {
    rmSync(join(data, "keys"), { recursive: true });
    expectRefusal(await publish("1.4.0"), /There is no private key/);
  });

  test("a version is withdrawn for ever, by a word that control gets signed", async () => {
    await publish("1.4.0");
    expectRefusal(await release(["withdraw", "1.5.0", "--reason", "A hole"]), /There is no version 1\.5\.0/);
    const answer = await release(["withdraw", "1.4.0", "--reason", "A hole"]);
    expect(answer).toMatchObject({ code: 0, said: "1.4.0 is withdrawn (A hole). Control knows of it." });
    expect(control.asked.at(-1)).toMatchObject({ path: "/internal/versions/1.4.0/withdraw" });
    expect((await release(["list"])).said).toContain("withdrawn: A hole");
    const again = await release(["withdraw", "1.4.0", "--reason", "Another hole"]);
    expect(again.said).toContain("was withdrawn already (A hole)");
  });

  test("a version isn't withdrawn where control knows of nothing else to be on", async () => {
    await publish("1.4.0");
    control.state.reply = () => ({ status: 409, body: { title: "There is nothing to go back to." } });
    const answer = await release(["withdraw", "1.4.0", "--reason", "A hole"]);
    expectRefusal(answer, /^There is nothing to go back to\.$/);
    expect((await release(["list"])).said).not.toContain("withdrawn");
    const away = await release(["withdraw", "1.4.0", "--reason", "A hole"], (await freePort()) - 1);
    expect(away).toMatchObject({ code: 0, complained: "" });
    expect((await release(["list"])).said).toContain("withdrawn: A hole");
  });
});

describe("keys", () => {
  test("are made once, and nobody else can read the private one", async () => {
    const first = await release(["keys"]);
    const path = join(data, "keys/release.pem");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(first.said).toContain("new; keep it");
    const before = readFileSync(path);
    expect((await release(["keys"])).said).not.toContain("new");
    expect(readFileSync(path)).toEqual(before);
  });

  test("change without anybody being left out, and the change may be stopped and gone on with", async () => {
    await build();
    await release(["keys"]);
    await publish("1.4.0");
    expectRefusal(await release(["keys", "--rotate"]), /There is no next key yet/);
    expect((await release(["keys", "--next"])).code).toBe(0);
    const { current, next } = readPublicKeys(join(data, "release-keys.json"));
    mkdirSync(join(data, "boot"));
    writeFileSync(join(data, "boot/index.html"), "a page from before");
    expectRefusal(await release(["keys", "--rotate"]), /doesn't know the next key yet/);
    const name = [...acceptKeys({ current: next ?? "", next: null }).keys()].join();
    writeFileSync(join(data, "boot/index.html"), `a page with ${name}:…`);
    expect((await release(["keys", "--rotate"])).code).toBe(0);
    expect(readPublicKeys(join(data, "release-keys.json"))).toEqual({ current: next, next: null });
    expect(current).not.toBe(next);
    const keys = acceptKeys({ current: next ?? "", next: null });
    expect((await readVersion(join(data, "catalog"), "1.4.0", keys)).version).toBe("1.4.0");
    await build("two");
    expect((await publish("1.5.0")).code).toBe(0);
  });
});

describe("from the machine, an operator", () => {
  test("pauses and rolls back, with a reason, each command under a name of its own", async () => {
    control.state.reply = () => ({ status: 200, body: { rollout: null, state: "paused" } });
    const rollout = "rol_0000000000000000000000";
    const paused = await release(["pause", rollout, "--reason", "Calls are coming in"]);
    expect(paused).toMatchObject({ code: 0, said: "Done: paused." });
    await release(["roll-back", rollout, "--reason", "It is bad"]);
    await release(["roll-back-stable", "ios", "--reason", "It is bad"]);
    expect(control.asked.map(({ path }) => path)).toEqual([
      `/internal/rollouts/${rollout}/pause`,
      `/internal/rollouts/${rollout}/roll-back`,
      "/internal/platforms/ios/roll-back-stable",
    ]);
    const ids = control.asked.map(({ body }) => (body as { commandId: string }).commandId);
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => /^cmd_[0-9A-Za-z]{22}$/.test(id))).toBe(true);
  });

  test("is told what control answers when it refuses, or that it is away", async () => {
    control.state.reply = () => ({
      status: 409,
      body: { title: "There is nothing to go back to.", detail: "Publish a version that works." },
    });
    const rolled = await release(["roll-back-stable", "ios", "--reason", "It is bad"]);
    expectRefusal(rolled, /^There is nothing to go back to\. Publish a version that works\.$/);
    expectRefusal(await release(["status"], (await freePort()) - 1), /^Nobody answers at port/);
  });

  test("takes a version back at the edge itself with control away, and undoes it", async () => {
    const path = join(data, "edge/taken-back.json");
    const read = () => JSON.parse(readFileSync(path, "utf8")) as unknown;
    await release(["take-back-at-edge", "1.4.0", "--platforms", "ios"]);
    await release(["take-back-at-edge", "1.5.0"]);
    await release(["take-back-at-edge", "1.5.0"]);
    expect(read()).toEqual([
      { version: "1.4.0", platforms: ["ios"] },
      { version: "1.5.0", platforms: ["ios", "android", "web"] },
    ]);
    await release(["take-back-at-edge", "1.4.0", "--undo"]);
    expect(read()).toEqual([{ version: "1.5.0", platforms: ["ios", "android", "web"] }]);
    expectRefusal(await release(["take-back-at-edge", "latest"]), /is no version/);
  });
});
