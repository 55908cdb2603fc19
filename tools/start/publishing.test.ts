import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { acceptKeys, readPublicKeys, readVersion } from "@mainstay/catalog";
import { writeBuild } from "../../tests/support/publisher.ts";
import { emptyPlan, startControl } from "../../tests/support/stand-in-control.ts";
import { systemEnvironment } from "./environment.ts";
import { openReleases } from "./publishing.ts";

const secret = "s".repeat(32);

let folder: string;
let control: Awaited<ReturnType<typeof startControl>>;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mainstay-publishing-"));
  control = await startControl();
  said = [];
  const boot = join(folder, "built/boot-1");
  mkdirSync(boot, { recursive: true });
  writeFileSync(join(boot, "index.html"), `<meta name="mainstay-release-keys" content="" />`);
  writeFileSync(join(boot, "sw.js"), "const name = __BOOT_HASH__, keys = __RELEASE_KEYS__;");
});

afterEach(async () => {
  await control.stop();
  rmSync(folder, { recursive: true, force: true });
});

const start = (options: { isProduction?: boolean; controlPort?: number } = {}) =>
  openReleases({
    settings: {
      dataFolder: join(folder, "data"),
      isProduction: options.isProduction ?? false,
      releaseKey: undefined,
      port: control.port - 1,
    },
    controlPort: options.controlPort ?? control.port,
    edgeSecret: secret,
    say: (line) => said.push(line),
  });

/** A build of the app, under the name that its sources give it. */
async function build(words: string): Promise<{ boot: string; customer: string }> {
  const customer = await writeBuild(join(folder, `built/customer-${words}`), {
    files: { "assets/main-1.js": `export const words = "${words}";` },
    notes: { "main.tsx": { file: "assets/main-1.js", isEntry: true } },
  });
  return { boot: join(folder, "built/boot-1"), customer };
}

describe("a demo's or a developer's start", () => {
  test("makes the key once, publishes signed, and writes the key into the boot layer", async () => {
    const releases = await start();
    expect(await releases.publish(await build("one"))).toBe("0.1.1");
    const { privateKey, publicKeys, catalog, boot } = releases.files;
    expect(statSync(privateKey).mode & 0o777).toBe(0o600);
    const accepted = acceptKeys(readPublicKeys(publicKeys));
    expect((await readVersion(catalog, "0.1.1", accepted)).version).toBe("0.1.1");
    const [name = ""] = accepted.keys();
    expect(readFileSync(join(boot, "index.html"), "utf8")).toContain(`content="${name}:`);
    expect(readFileSync(join(boot, "sw.js"), "utf8")).toMatch(new RegExp(`name = "\\w+", keys = "${name}:`));
    const before = readFileSync(privateKey);
    const again = await start();
    expect(await again.publish(await build("one"))).toBe("0.1.1");
    expect(readFileSync(privateKey)).toEqual(before);
    expect(await again.publish(await build("two"))).toBe("0.1.2");
  });

  test("publishes what it has built anew where an older start left it unsigned", async () => {
    const releases = await start();
    await releases.publish(await build("one"));
    rmSync(join(releases.files.catalog, "0.1.1/manifest.json.sig"));
    expect(await (await start()).publish(await build("one"))).toBe("0.1.2");
  });

  test("tells control of what is in the catalog, and has it made stable one time only", async () => {
    const releases = await start();
    await releases.publish(await build("one"));
    await releases.register();
    expect(control.asked.every((asked) => asked.secret === secret)).toBe(true);
    expect(control.registered()).toEqual([{ version: "0.1.1", adopt: true }]);
    const answer = control.state.reply;
    control.state.reply = (asked) =>
      asked.method === "GET" ? { status: 200, body: { versions: [known("0.1.1")] } } : answer(asked);
    await (await start()).register();
    expect(control.registered()).toHaveLength(1);
    const later = await start();
    await later.publish(await build("two"));
    await later.register();
    expect(control.registered().slice(1)).toEqual([{ version: "0.1.2", adopt: true }]);
    expect(said).toEqual([]);
  });

  test("says so when a rollout is under way, which a build doesn't push aside", async () => {
    const releases = await start();
    await releases.publish(await build("one"));
    const registered = { version: "0.1.1", isNew: true, stableOn: [] };
    control.state.reply = ({ method }) => ({
      status: 200,
      body: method === "GET" ? { versions: [] } : registered,
    });
    await releases.register();
    expect(said).toEqual([expect.stringContaining("a rollout is under way")]);
    // Not at the next start either: what a rollout has come to since is newer than this build.
    await (await start()).register();
    expect(control.registered().at(-1)).toEqual({ version: "0.1.1", adopt: false });
  });

  test("with control away or against it says so, and tells it again the next time", async () => {
    const releases = await start();
    await releases.publish(await build("one"));
    const answer = control.state.reply;
    await (await start({ controlPort: 9 })).register();
    control.state.reply = ({ method }) =>
      method === "GET"
        ? { status: 200, body: { versions: [] } }
        : { status: 409, body: { title: "That can't be.", code: "version_refused" } };
    await (await start()).register();
    expect(said).toHaveLength(2);
    expect(said[1]).toContain("That can't be.");
    control.state.reply = answer;
    await (await start()).register();
    expect(control.registered().at(-1)).toEqual({ version: "0.1.1", adopt: true });
  });
});

describe("what incidents demand", () => {
  const demanded = [{ journey: "recover", title: "Recovers", incident: "INC-0041" }];

  /** Control as it is after a review; the edge is away, so nothing can be tried. */
  async function startWithDemands(isProduction: boolean) {
    const releases = await start();
    await releases.publish(await build("one"));
    writeFileSync(join(folder, "data/secrets.json"), JSON.stringify({ edgeSecret: secret }));
    const answer = control.state.reply;
    control.state.reply = (asked) =>
      asked.method === "GET"
        ? { status: 200, body: { ...emptyPlan(), versions: [], demanded } }
        : answer(asked);
    await (await start({ isProduction })).register();
    return readdirSync(releases.files.catalog).filter((name) => /^\d/.test(name));
  }

  test("is tried on what was built, which is given to nobody where it can't be", async () => {
    expect(await startWithDemands(false)).toEqual(["0.1.1"]);
    expect(said.join("\n")).toMatch(
      /“Recovers” \(recover, INC-0041\)[^]*0\.1\.1 is given to nobody: .*Nobody answers at/,
    );
    expect(control.registered()).toEqual([]);
  });

  test("is control's to ask in production, where no browser runs", async () => {
    expect(await startWithDemands(true)).toEqual(["0.1.1"]);
    expect(said).toEqual([]);
    expect(control.registered()).toEqual([{ version: "0.1.1", adopt: false }]);
  });
});

describe("a start in production", () => {
  test("makes no key, and says what is missing", async () => {
    await expect(start({ isProduction: true })).rejects.toThrow("npm run release -- keys");
    expect(existsSync(join(folder, "data"))).toBe(false);
  });

  test("serves what was published, publishes nothing and makes nothing stable", async () => {
    const demo = await start();
    await demo.publish(await build("one"));
    rmSync(demo.files.privateKey);
    const releases = await start({ isProduction: true });
    expect(await releases.publish(await build("two"))).toBe("");
    expect(readdirSync(releases.files.catalog).filter((name) => /^\d/.test(name))).toEqual(["0.1.1"]);
    await releases.register();
    expect(control.registered()).toEqual([{ version: "0.1.1", adopt: false }]);
  });
});

test("no process that serves is told where the private key lies", () => {
  vi.stubEnv("MAINSTAY_RELEASE_KEY", "/keys/release.pem");
  vi.stubEnv("MAINSTAY_LOG_LEVEL", "info");
  expect(systemEnvironment()).toMatchObject({ MAINSTAY_LOG_LEVEL: "info" });
  expect(JSON.stringify(systemEnvironment())).not.toContain("release.pem");
  vi.unstubAllEnvs();
});

function known(version: string) {
  const registeredAt = "2026-11-22T10:00:00.000Z";
  return {
    version,
    platforms: ["web"],
    loginProtocol: "login/1",
    summary: "",
    state: "stable",
    registeredAt,
  };
}
