import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepWithdrawal, signWithdrawal, takeOutVersion } from "@mainstay/catalog";
import { createLogger } from "@mainstay/platform";
import { fakeClock } from "@mainstay/testkit";
import { createPublisher, writeBuild } from "../../tests/support/publisher.ts";
import { createCatalog, rescan_ms_min, retry_ms_min, versions_loaded_max, type Catalog } from "./catalog.ts";

let folder: string;
let publisher: ReturnType<typeof createPublisher>;
let catalog: Catalog;
let clock: ReturnType<typeof fakeClock>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mainstay-edge-catalog-"));
  publisher = createPublisher(join(folder, "catalog"));
  clock = fakeClock();
  catalog = open();
});

afterEach(() => rm(folder, { recursive: true, force: true }));

function open(keys = publisher.keys): Catalog {
  const log = createLogger({ name: "test", level: "silent" });
  return createCatalog({ folder: join(folder, "catalog"), keys, log, clock });
}

const publish = async (version: string) => {
  const dist = await writeBuild(join(folder, "dist"), {
    files: { "assets/main-1.js": `export const words = "${version}";` },
    notes: { "main.tsx": { file: "assets/main-1.js", isEntry: true } },
  });
  return publisher.as(version, dist);
};
const fileOf = (version: string, path: string) => join(folder, "catalog", version, path);
const listed = async (from = catalog) => (await from.list()).map(({ version }) => version);

test("versions are listed newest first, and served with manifest and signature", async () => {
  for (const version of ["1.9.0", "1.10.0", "1.10.1"]) await publish(version);
  expect(await listed()).toEqual(["1.10.1", "1.10.0", "1.9.0"]);
  const newest = await catalog.newest();
  expect(newest?.version).toBe("1.10.1");
  expect([...(newest?.files.keys() ?? [])]).toEqual([
    "assets/main-1.js",
    "manifest.json",
    "manifest.json.sig",
  ]);
  const signature = newest?.files.get("manifest.json.sig");
  expect(signature?.identity).toEqual(await readFile(fileOf("1.10.1", "manifest.json.sig")));
  expect((await catalog.version("1.9.0"))?.manifest.version).toBe("1.9.0");
});

test("a version that isn't signed, as an older start left it, isn't served", async () => {
  await publish("1.0.0");
  await publish("1.1.0");
  await rm(fileOf("1.1.0", "manifest.json.sig"));
  expect(await listed()).toEqual(["1.0.0"]);
  expect(await catalog.version("1.1.0")).toBeNull();
});

test("a version that another key has signed isn't served", async () => {
  await publish("1.0.0");
  expect(await listed(open(createPublisher(folder).keys))).toEqual([]);
});

test("a compressed form that unpacks to something else is not used", async () => {
  await publish("1.0.0");
  await publish("1.1.0");
  const form = await readFile(fileOf("1.1.0", "assets/main-1.js.br"));
  await writeFile(fileOf("1.0.0", "assets/main-1.js.br"), form);
  const file = (await catalog.version("1.0.0"))?.files.get("assets/main-1.js");
  expect(file?.identity.toString()).toContain("1.0.0");
  expect(file?.br).toBeNull();
});

test("every load from disk verifies anew: what was altered isn't served until it is repaired", async () => {
  const versions = ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"];
  expect(versions.length).toBeGreaterThan(versions_loaded_max);
  for (const version of versions) await publish(version);
  expect(await listed()).toHaveLength(versions.length);
  const path = fileOf("1.0.0", "assets/main-1.js");
  const content = await readFile(path);
  await writeFile(path, "altered");
  // The others push it out of memory; then it is read again.
  for (const version of versions.slice(1)) await catalog.version(version);
  expect(await catalog.version("1.0.0")).toBeNull();
  clock.advance(rescan_ms_min);
  expect(await listed()).toEqual(versions.slice(1).toReversed());
  await writeFile(path, content);
  clock.advance(retry_ms_min);
  expect(await listed()).toHaveLength(versions.length);
});

test("a withdrawn version isn't served from the next look on, and stays known as withdrawn", async () => {
  await publish("1.0.0");
  await publish("1.1.0");
  expect(await listed()).toEqual(["1.1.0", "1.0.0"]);
  const { privateKey, keys } = publisher;
  const at = clock.now();
  const wanted = { catalog: join(folder, "catalog"), version: "1.1.0", reason: "A hole in it", at };
  await keepWithdrawal(wanted.catalog, await signWithdrawal({ ...wanted, privateKey, keys }));
  clock.advance(rescan_ms_min);
  expect(await listed()).toEqual(["1.0.0"]);
  expect((await catalog.newest())?.version).toBe("1.0.0");
  expect([await catalog.version("1.1.0"), await catalog.zip("1.1.0")]).toEqual([null, null]);
  expect([...(await catalog.withdrawn())]).toEqual(["1.1.0"]);
});

test("what is taken out isn't served; what comes back under its number is served as it is", async () => {
  await publish("1.0.0");
  const first = await publish("1.1.0");
  expect(await listed()).toEqual(["1.1.0", "1.0.0"]);
  takeOutVersion(join(folder, "catalog"), "1.1.0");
  clock.advance(rescan_ms_min);
  expect([await listed(), await catalog.version("1.1.0")]).toEqual([["1.0.0"], null]);
  await publish("1.1.0");
  clock.advance(rescan_ms_min);
  expect((await catalog.version("1.1.0"))?.version).toBe("1.1.0");
  // Out and back between two looks.
  takeOutVersion(join(folder, "catalog"), "1.1.0");
  const dist = await writeBuild(join(folder, "dist"), {
    files: { "assets/main-2.js": "export const words = 2;" },
    notes: { "main.tsx": { file: "assets/main-2.js", isEntry: true } },
  });
  const second = await publisher.as("1.1.0", dist);
  clock.advance(rescan_ms_min);
  const served = (await catalog.version("1.1.0"))?.files.get("manifest.json")?.identity;
  expect(served).toEqual(second.manifestBytes);
  expect(served).not.toEqual(first.manifestBytes);
});

test("the zip for native shells is served as it was signed, or not at all", async () => {
  await publish("1.0.0");
  const zip = await catalog.zip("1.0.0");
  expect(zip?.content).toEqual(await readFile(fileOf("1.0.0", "bundle.zip")));
  await writeFile(fileOf("1.0.0", "bundle.zip"), "another");
  expect([await catalog.zip("1.0.0"), await catalog.zip("../1.0.0")]).toEqual([null, null]);
});
