import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { publishVersion } from "@mainstay/catalog";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPublisher, writeBuild } from "../../tests/support/publisher.ts";
import { readStartSettings } from "../start/environment.ts";
import { shells_folder, syncShells } from "./sync.ts";

const server = "https://bank.example";
const into = join(shells_folder, `test-${process.pid}`);
const said: string[] = [];
let dataFolder: string;

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "mainstay-shells-"));
  const publisher = createPublisher(join(dataFolder, "catalog"));
  const build = (words: string) =>
    writeBuild(join(dataFolder, "build"), {
      files: { "assets/main-1.js": `export const words = "${words}";` },
      notes: { "main.tsx": { file: "assets/main-1.js", isEntry: true } },
    });
  const { privateKey, keys } = publisher;
  await publishVersion({
    source: await build("hello"),
    catalog: join(dataFolder, "catalog"),
    publication: { version: "1.4.0", platforms: ["ios", "android"], summary: "" },
    privateKey,
    keys,
    pages: [{ path: "index.html", content: Buffer.from("<!doctype html><title>Mainstay</title>") }],
  });
  await publisher.as("1.5.0", await build("hello again"), ["web"]);
  await writeFile(join(dataFolder, "release-keys.json"), JSON.stringify(publisher.publicKeys));
});

afterAll(async () => {
  await rm(into, { recursive: true, force: true });
  await rm(dataFolder, { recursive: true, force: true });
});

const sync = (change: { version?: string; server?: string; platforms?: string; data?: string } = {}) =>
  syncShells({
    settings: readStartSettings({ MAINSTAY_DATA: change.data ?? dataFolder }),
    version: change.version ?? "1.4.0",
    server: change.server ?? server,
    platforms: change.platforms ?? "ios,android",
    into,
    say: (line) => said.push(line),
  });

const read = (path: string) => readFile(join(into, path), "utf8");

test(
  "projects for both platforms hold the published bundle and say whose they are",
  { timeout: 180_000 },
  async () => {
    await sync();
    expect(said).toHaveLength(2);
    expect(await readdir(join(into, "www/v/1.4.0"))).toEqual(
      expect.arrayContaining(["assets", "manifest.json", "manifest.json.sig"]),
    );
    for (const assets of ["ios/App/App", "android/app/src/main/assets"]) {
      expect(await read(`${assets}/public/v/1.4.0/assets/main-1.js`)).toContain("hello");
      const configuration = JSON.parse(await read(`${assets}/capacitor.config.json`)) as {
        plugins: { CapacitorUpdater: object; CapacitorPasskey: object };
      };
      expect(configuration.plugins.CapacitorUpdater).toMatchObject({
        updateUrl: `${server}/updates`,
        version: "1.4.0",
        autoDeletePrevious: false,
        allowSetDefaultChannel: false,
      });
      expect(configuration.plugins.CapacitorPasskey).toMatchObject({ origin: server });
    }
    expect(await read("android/app/build.gradle")).toMatch(/versionCode 1004000\s+versionName "1.4.0"/);
    expect(await read("ios/App/App.xcodeproj/project.pbxproj")).toContain("MARKETING_VERSION = 1.4.0;");
    // Both systems are told which server's passkeys the app uses.
    expect(await read("ios/App/App/App.entitlements")).toContain("webcredentials:bank.example");
    expect(await read("android/app/src/main/res/values/capacitor-passkey.xml")).toContain(
      `${server}/.well-known/assetlinks.json`,
    );
    // Once more brings what is there up to date.
    await sync({ platforms: "android" });
  },
);

test.each([
  ["a version that isn't published for the platform", { version: "1.5.0" }, "isn't published for ios"],
  ["a version that there isn't", { version: "9.9.9" }, "9.9.9"],
  ["a platform that there isn't", { platforms: "windows" }, "takes some of ios,android"],
  ["a server that is none", { server: "bank.example" }, "takes an address"],
  ["a data folder without anything published", { data: "/nowhere/at/all" }, "published"],
])("%s is refused with what to do", async (_what, change, sentence) => {
  await expect(sync(change)).rejects.toThrow(sentence);
});
