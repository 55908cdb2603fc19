import { readFile, truncate, writeFile } from "node:fs/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { zipSync, type Zippable } from "fflate";
import { CatalogError } from "./errors.ts";
import { file_bytes_max, zip_bytes_max, zip_entries_max } from "./limits.ts";
import { createScene, small_build, type Scene } from "./test-scene.ts";
import { makeZip, readZip } from "./zip.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await createScene();
});

afterEach(() => scene.stop());

const bytes = (text: string) => new TextEncoder().encode(text);
const whole: Zippable = Object.fromEntries(
  Object.entries(small_build).map(([path, text]) => [path, bytes(text)]),
);

async function expectRefused(source: string, code: string): Promise<void> {
  const refused = await scene.publish("1.4.0", source).then(
    () => null,
    (error: unknown) => error,
  );
  expect(refused).toMatchObject({ name: "CatalogError", code });
  expect((refused as Error).message).toMatch(/^[^\n]+\.$/);
  expect(await scene.kept()).toEqual([]);
}

describe("a zip is refused", () => {
  test.each([
    "../outside.js",
    "assets/../../outside.js",
    "/etc/passwd",
    "assets\\..\\..\\outside.js",
    "c:/x.js",
  ])("with a path that climbs out: %s", async (path) => {
    await expectRefused(await scene.zip({ ...whole, [path]: bytes("x") }), "bundle_path_unsafe");
  });

  test.each([
    ["a link", 0o120777],
    ["a device", 0o020666],
    ["a pipe", 0o010666],
  ])("with %s in it", async (_what, mode) => {
    const odd: Zippable = { "assets/odd.js": [bytes("/etc/passwd"), { os: 3, attrs: (mode << 16) >>> 0 }] };
    await expectRefused(await scene.zip({ ...whole, ...odd }), "bundle_link");
  });

  test("that is a bomb: one small entry that grows without measure", async () => {
    await expectRefused(
      await scene.zip({ ...whole, "assets/bomb.js": new Uint8Array(6 * 1024 * 1024) }),
      "zip_bomb",
    );
  });

  test("that is a bomb of many entries, each within what a file may be", async () => {
    const bombs = Array.from({ length: 40 }, (_, index) => [`assets/${index}.js`, new Uint8Array(1_000_000)]);
    await expectRefused(await scene.zip({ ...whole, ...Object.fromEntries(bombs) }), "bundle_too_large");
  });

  test("that is a bomb and says that it is small", async () => {
    const zip = Buffer.from(zipSync({ "assets/bomb.js": new Uint8Array(4 * 1024 * 1024) }));
    // The uncompressed size, in the local header and in the central directory (APPNOTE 4.3.7, 4.3.12).
    const central = zip.indexOf(Buffer.from([0x50, 0x4b, 0x01, 0x02]));
    zip.writeUInt32LE(1_000, 22);
    zip.writeUInt32LE(1_000, central + 24);
    const path = await scene.zip(whole);
    await writeFile(path, zip);
    await expectRefused(path, "zip_bomb");
  });

  test("with a file over the limit", async () => {
    const noise = Uint8Array.from(
      { length: file_bytes_max + 1 },
      (_, index) => (index * 2_654_435_761) >>> 24,
    );
    await expectRefused(await scene.zip({ "assets/large.js": [noise, { level: 0 }] }), "bundle_too_large");
  });

  test("over the limit as a whole, unopened", async () => {
    const path = await scene.zip(whole);
    await truncate(path, zip_bytes_max + 1);
    await expectRefused(path, "bundle_too_large");
  });

  test("with too many entries", async () => {
    const many = Array.from({ length: zip_entries_max + 1 }, (_, index) => [`folder-${index}/`, bytes("")]);
    await expectRefused(await scene.zip(Object.fromEntries(many)), "bundle_too_large");
  });

  test("with one path twice, of which a reader might take either", async () => {
    const path = await scene.zip({ "assets/main-1.js": bytes("one"), "assets/main-2.js": bytes("two") });
    const zip = await readFile(path);
    for (let at = zip.indexOf("main-2.js"); at !== -1; at = zip.indexOf("main-2.js"))
      zip.write("main-1.js", at);
    await writeFile(path, zip);
    await expectRefused(path, "zip_invalid");
  });

  test("that was damaged on its way, or isn't a zip", async () => {
    const path = await scene.zip({ "assets/main-1.js": [bytes("some words of code"), { level: 0 }] });
    const zip = await readFile(path);
    await writeFile(path, Buffer.from(zip.toString("latin1").replace("words", "wards"), "latin1"));
    await expectRefused(path, "zip_invalid");
    await writeFile(path, "PK, or so it says");
    await expectRefused(path, "zip_invalid");
  });
});

test("what is zipped is read back as it was, and the same files make the same bytes", async () => {
  const path = await scene.zip(whole);
  const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}\/[a-z0-9]{1,8}\.js$/), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(names, fc.uint8Array({ maxLength: 2_000 }), async (paths, content) => {
      const files = paths.map((name) => ({ path: name, content: Buffer.from(content) }));
      const zip = makeZip(files);
      expect(makeZip(files.toReversed()).equals(zip)).toBe(true);
      await writeFile(path, zip);
      const read = await readZip(path, zip.length);
      expect(read).toEqual(files.toSorted((a, b) => (a.path < b.path ? -1 : 1)));
    }),
    { numRuns: 30 },
  );
});

test("a zip with any bytes changed is refused, or holds what it held", async () => {
  const path = await scene.zip(whole);
  const zip = await readFile(path);
  const held = new Set(Object.values(small_build));
  const change = fc.record({ at: fc.nat({ max: zip.length - 1 }), to: fc.nat({ max: 255 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const changed = Buffer.from(zip);
      for (const { at, to } of changes) changed[at] = to;
      await writeFile(path, changed);
      try {
        for (const { content } of await readZip(path, changed.length)) {
          expect(held.has(content.toString("utf8"))).toBe(true);
        }
      } catch (error) {
        expect(error).toBeInstanceOf(CatalogError);
      }
    }),
    { numRuns: 300 },
  );
});
