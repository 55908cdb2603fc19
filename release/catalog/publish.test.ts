import {
  cp,
  lstat,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { BundleManifest } from "@mainstay/wire";
import { bundle_files_max, file_bytes_max } from "./limits.ts";
import { publishNext } from "./publish.ts";
import { readPublishedZip, readVersion } from "./reads.ts";
import { signBytes } from "./signature.ts";
import { isPlainPath } from "./source-file.ts";
import { createScene, makeKeys, small_build, type Scene } from "./test-scene.ts";
import { readZip } from "./zip.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await createScene();
});

afterEach(() => scene.stop());

const manifestPath = (version: string) => join(scene.catalog, version, "manifest.json");

/** Expects a publication to be refused in one sentence, and the catalog to hold what it held before. */
async function expectRefused(work: () => Promise<unknown>, code: string): Promise<void> {
  const before = await scene.kept();
  const refused = await work().then(
    () => null,
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({ name: "CatalogError", code });
  expect((refused as Error).message).toMatch(/^[^\n]+\.$/);
  expect(await scene.kept()).toEqual(before);
}

describe("a built app is published", () => {
  test("with its files, what starts it, and what it says of itself, under a signature", async () => {
    const published = await scene.publish("1.4.0", await scene.build(), { summary: "Faster" });
    expect(published.isNew).toBe(true);
    const { manifest, files } = await readVersion(scene.catalog, "1.4.0", scene.keys);
    expect(manifest).toMatchObject({
      version: "1.4.0",
      platforms: ["ios", "web"],
      summary: "Faster",
      loginProtocol: "login/2",
      api: { from: 1, to: 1 },
      minimumShell: "1.2.0",
      entry: "assets/main-1.js",
      preloads: ["assets/shared-2.js"],
      styles: ["assets/style-4.css"],
    });
    // Neither the page nor the notes of the build: the boot layer has the only page.
    expect([...files.keys()]).toEqual([
      "assets/later-3.js",
      "assets/main-1.js",
      "assets/shared-2.js",
      "assets/style-4.css",
    ]);
    const main = files.get("assets/main-1.js");
    expect(brotliDecompressSync(main?.br ?? "")).toEqual(main?.content);
    expect(gunzipSync(main?.gzip ?? "")).toEqual(main?.content);
  });

  test("from a zip just as from a folder", async () => {
    const files = Object.fromEntries(
      Object.entries(small_build).map(([path, text]) => [path, new TextEncoder().encode(text)]),
    );
    const zipped = await scene.publish("1.4.0", await scene.zip(files));
    const again = await scene.publish("1.4.0", await scene.build());
    expect(again.isNew).toBe(false);
    expect(again.manifestBytes).toEqual(zipped.manifestBytes);
  });

  test("again, which changes nothing", async () => {
    await scene.publish("1.4.0", await scene.build());
    const [kept, written] = [await scene.kept(), await lstat(manifestPath("1.4.0"))];
    expect(await scene.publish("1.4.0", await scene.build())).toMatchObject({ isNew: false });
    expect(await scene.kept()).toEqual(kept);
    expect((await lstat(manifestPath("1.4.0"))).mtimeMs).toBe(written.mtimeMs);
  });

  test("by several at once, under one number, to one version", async () => {
    const source = await scene.build();
    const published = await Promise.all([1, 2, 3].map(() => scene.publish("1.4.0", source)));
    expect(published.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect((await scene.kept()).filter((name) => !name.includes("/"))).toEqual(["1.4.0"]);
    const other = await scene.build({ "assets/later-3.js": "export const later = 2;" });
    const raced = await Promise.allSettled([scene.publish("1.5.0", source), scene.publish("1.5.0", other)]);
    expect(raced.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await readVersion(scene.catalog, "1.5.0", scene.keys)).version).toBe("1.5.0");
  });

  test("after one that was killed, whose rest is cleared away", async () => {
    const [rest, fresh] = [join(scene.catalog, ".publishing-old"), join(scene.catalog, ".publishing-new")];
    for (const folder of [rest, fresh]) await mkdir(folder, { recursive: true });
    await utimes(rest, 0, 0);
    await scene.publish("1.4.0", await scene.build());
    const kept = (await scene.kept()).filter((name) => !name.includes("/"));
    // Another one may be writing at this very moment.
    expect(kept).toEqual([".publishing-new", "1.4.0"]);
  });

  test("under the next number, unless the newest is this very app", async () => {
    const publication = { platforms: ["web" as const], summary: "" };
    const { catalog, privateKey, keys } = scene;
    const common = { catalog, privateKey, keys, publication, pages: [] };
    const next = async (words: string) =>
      publishNext({ ...common, source: await scene.build({ "assets/later-3.js": words }) });
    expect(await next("one")).toMatchObject({ version: "0.1.1", isNew: true });
    expect(await next("one")).toMatchObject({ version: "0.1.1", isNew: false });
    expect(await next("two")).toMatchObject({ version: "0.1.2", isNew: true });
    // What an older start left unsigned keeps its number, and the same app is published anew.
    await rm(join(catalog, "0.1.2", "manifest.json.sig"));
    expect(await next("two")).toMatchObject({ version: "0.1.3", isNew: true });
  });

  test("with a zip for native shells: boot layer, signed bundle, the same bytes each time", async () => {
    const pages = await scene.write({ "index.html": "boot", "boot/boot-1.js": "start" });
    const source = await scene.build();
    await scene.publish("1.4.0", source, { pages });
    const first = await readPublishedZip(scene.catalog, "1.4.0", scene.keys);
    const unpacked = await readZip(join(scene.catalog, "1.4.0/bundle.zip"), first.bytes);
    expect(unpacked.map(({ path }) => path)).toEqual([
      "boot/boot-1.js",
      "index.html",
      "v/1.4.0/assets/later-3.js",
      "v/1.4.0/assets/main-1.js",
      "v/1.4.0/assets/shared-2.js",
      "v/1.4.0/assets/style-4.css",
      "v/1.4.0/manifest.json",
      "v/1.4.0/manifest.json.sig",
    ]);
    await rm(join(scene.catalog, "1.4.0"), { recursive: true });
    await scene.publish("1.4.0", source, { pages });
    expect((await readPublishedZip(scene.catalog, "1.4.0", scene.keys)).sha256).toBe(first.sha256);
  });
});

describe("a version's number", () => {
  test.each(["v1.4.0", "1.4", "1.4.0-beta", "01.4.0", "1.4.0.0", "", "latest", "../1.4.0"])(
    "is semantic, and not %j",
    async (version) => {
      await expectRefused(async () => scene.publish(version, await scene.build()), "version_invalid");
    },
  );

  test("only goes forward, as numbers and not as text", async () => {
    await scene.publish("1.10.0", await scene.build());
    await expectRefused(async () => scene.publish("1.9.0", await scene.build()), "version_not_newer");
    await scene.publish("1.10.1", await scene.build());
  });

  test("has one content for ever", async () => {
    await scene.publish("1.4.0", await scene.build());
    const other = await scene.build({ "assets/later-3.js": "export const later = false;" });
    await expectRefused(() => scene.publish("1.4.0", other), "version_taken");
    await expectRefused(
      async () => scene.publish("1.4.0", await scene.build(), { summary: "Other words" }),
      "version_taken",
    );
  });

  test("isn't given again while something damaged lies under it", async () => {
    await scene.publish("1.4.0", await scene.build());
    await writeFile(join(scene.catalog, "1.4.0/assets/main-1.js"), "altered");
    await expectRefused(async () => scene.publish("1.4.0", await scene.build()), "version_taken");
  });
});

describe("a folder is refused", () => {
  test("with a link in it, wherever it leads", async () => {
    const source = await scene.build();
    await symlink("/etc/passwd", join(source, "assets/passwd.js"));
    await expectRefused(() => scene.publish("1.4.0", source), "bundle_link");
    const linked = join(scene.folder, "linked");
    await symlink(await scene.build(), linked);
    await expectRefused(() => scene.publish("1.4.0", linked), "bundle_link");
    const beneath = await scene.build();
    await symlink(await scene.build(), join(beneath, "assets/more"));
    await expectRefused(() => scene.publish("1.4.0", beneath), "bundle_link");
  });

  test("with a name that isn't one of a bundle's", async () => {
    for (const name of [
      "assets/a b.js",
      "assets/ä.js",
      "bundle.zip",
      "assets/main-1.js.br",
      "assets/x\\y.js",
    ]) {
      const source = await scene.build({ [name]: "x" });
      await expectRefused(() => scene.publish("1.4.0", source), "bundle_path_unsafe");
    }
  });

  test("with a file over the limit, which isn't read", async () => {
    const source = await scene.build({ "assets/large.js": "" });
    await truncate(join(source, "assets/large.js"), file_bytes_max + 1);
    await expectRefused(() => scene.publish("1.4.0", source), "bundle_too_large");
  });

  test("with more than the limit in all, or too many files", async () => {
    const large = await scene.build();
    for (const name of ["a", "b", "c", "d", "e"]) {
      await writeFile(join(large, `assets/${name}.js`), "");
      await truncate(join(large, `assets/${name}.js`), file_bytes_max);
    }
    await expectRefused(() => scene.publish("1.4.0", large), "bundle_too_large");
    const many = Array.from({ length: bundle_files_max }, (_, index) => [`assets/${index}.js`, "x"] as const);
    const source = await scene.build(Object.fromEntries(many));
    await expectRefused(() => scene.publish("1.4.0", source), "bundle_too_large");
  });

  test.each([
    ["no word on its login protocol", { "mainstay.json": `{"api":{"from":1,"to":1},"minimumShell":null}` }],
    ["no JSON where it says what it is", { "mainstay.json": "login/2" }],
    ["no entry", { ".vite/manifest.json": "{}" }],
    ["no JSON where it says what starts it", { ".vite/manifest.json": "<html>" }],
  ])("with %s", async (_what, changed) => {
    await expectRefused(async () => scene.publish("1.4.0", await scene.build(changed)), "bundle_not_built");
  });

  test("that isn't there, or is empty", async () => {
    await expectRefused(() => scene.publish("1.4.0", join(scene.folder, "nowhere")), "bundle_missing");
    await expectRefused(async () => scene.publish("1.4.0", await scene.write({})), "bundle_missing");
  });

  test("by whoever has another key", async () => {
    const { privateKey } = makeKeys();
    await expectRefused(
      async () => scene.publish("1.4.0", await scene.build(), { privateKey }),
      "key_unknown",
    );
  });
});

describe("a bundle that was signed elsewhere", () => {
  /** Takes a bundle that was published out of the catalog again, as it lay there. */
  async function takeOut(): Promise<string> {
    await scene.publish("1.4.0", await scene.build());
    const source = join(scene.folder, "signed");
    await rename(join(scene.catalog, "1.4.0"), source);
    return source;
  }

  /** Signs a changed manifest with some key. */
  async function sign(
    source: string,
    change: (manifest: BundleManifest) => unknown,
    privateKey = scene.privateKey,
  ): Promise<void> {
    const manifest = JSON.parse(await readFile(join(source, "manifest.json"), "utf8")) as BundleManifest;
    const bytes = Buffer.from(JSON.stringify(change(manifest)));
    await writeFile(join(source, "manifest.json"), bytes);
    const signature = signBytes("manifest", bytes, privateKey);
    await writeFile(join(source, "manifest.json.sig"), JSON.stringify(signature));
  }

  test("is published as it was signed", async () => {
    const source = await takeOut();
    const published = await scene.publish("1.4.0", source);
    expect(published.isNew).toBe(true);
    expect(published.manifestBytes).toEqual(await readFile(join(source, "manifest.json")));
  });

  test("is refused unsigned, or with what is no signature", async () => {
    const source = await takeOut();
    await writeFile(join(source, "manifest.json.sig"), "signed, honestly");
    await expectRefused(() => scene.publish("1.4.0", source), "signature_invalid");
    await rm(join(source, "manifest.json.sig"));
    await expectRefused(() => scene.publish("1.4.0", source), "signature_missing");
  });

  test("is refused with a signature and no manifest", async () => {
    const source = await takeOut();
    await rm(join(source, "manifest.json"));
    await expectRefused(() => scene.publish("1.4.0", source), "manifest_invalid");
  });

  test("is refused signed by another key, also by one that calls itself ours", async () => {
    const source = await takeOut();
    const { privateKey } = makeKeys();
    await sign(source, (manifest) => manifest, privateKey);
    await expectRefused(() => scene.publish("1.4.0", source), "key_unknown");
    const bytes = await readFile(join(source, "manifest.json"));
    const [key] = scene.keys.keys();
    const forged = { ...signBytes("manifest", bytes, privateKey), key };
    await writeFile(join(source, "manifest.json.sig"), JSON.stringify(forged));
    await expectRefused(() => scene.publish("1.4.0", source), "signature_invalid");
  });

  test("is refused when the manifest was altered by a single byte", async () => {
    const source = await takeOut();
    const text = await readFile(join(source, "manifest.json"), "utf8");
    await writeFile(join(source, "manifest.json"), text.replace("login/2", "login/1"));
    await expectRefused(() => scene.publish("1.4.0", source), "signature_invalid");
  });

  test("is refused when a file isn't what the manifest says, is missing, or is one too many", async () => {
    const source = await takeOut();
    const path = join(source, "assets/main-1.js");
    const content = await readFile(path);
    await writeFile(
      path,
      content.map((byte, index) => (index === 0 ? byte ^ 1 : byte)),
    );
    await expectRefused(() => scene.publish("1.4.0", source), "hash_mismatch");
    await rm(path);
    await expectRefused(() => scene.publish("1.4.0", source), "hash_mismatch");
    await writeFile(path, content);
    await writeFile(join(source, "assets/extra.js"), "more");
    await expectRefused(() => scene.publish("1.4.0", source), "manifest_mismatch");
  });

  test("is refused under another number than it was signed as", async () => {
    const source = await takeOut();
    await expectRefused(() => scene.publish("1.5.0", source), "manifest_mismatch");
  });

  test.each([
    "../outside.js",
    "assets/../../outside.js",
    "/etc/passwd",
    "assets//main.js",
    "./main.js",
    "manifest.json",
    "assets/main-1.js.br",
  ])("is refused when it names %s, even signed by us", async (path) => {
    const source = await takeOut();
    await sign(source, (manifest) => ({ ...manifest, files: [{ ...manifest.files[0], path }] }));
    await expectRefused(() => scene.publish("1.4.0", source), "bundle_path_unsafe");
  });

  test("is refused when it starts with what it doesn't hold, or holds a file twice", async () => {
    const source = await takeOut();
    const kept = join(scene.folder, "kept");
    await cp(source, kept, { recursive: true });
    await sign(source, (manifest) => ({ ...manifest, entry: "assets/other.js" }));
    await expectRefused(() => scene.publish("1.4.0", source), "manifest_invalid");
    await sign(kept, (manifest) => ({ ...manifest, files: [...manifest.files, manifest.files[0]] }));
    await expectRefused(() => scene.publish("1.4.0", kept), "manifest_invalid");
  });
});

test("a path is plain only when nothing reads it as leading elsewhere", () => {
  const part = fc.constantFrom("..", ".", "", "assets", "a.js", "\\", "%2e%2e", "\0", "c:", "manifest.json");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const path = parts.join("/");
      if (!isPlainPath(path)) return;
      const found = new URL(path, "http://host/v/1.0.0/").pathname;
      expect(found).toBe(`/v/1.0.0/${path}`);
      expect(join("/catalog/1.0.0", path)).toBe(`/catalog/1.0.0/${path}`);
    }),
  );
});
