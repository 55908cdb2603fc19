import { mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { acceptKeys } from "./keys.ts";
import { listVersions, readPublishedZip, readVersion } from "./reads.ts";
import { createScene, makeKeys, type Scene } from "./test-scene.ts";
import { compareVersions, isVersion, newestOf, versionAfter } from "./version.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await createScene();
  await scene.publish("1.4.0", await scene.build());
});

afterEach(() => scene.stop());

const pathOf = (path: string) => join(scene.catalog, "1.4.0", path);
const read = () => readVersion(scene.catalog, "1.4.0", scene.keys);

/** Changes a single byte of a file. */
async function alter(path: string): Promise<void> {
  const content = await readFile(path);
  await writeFile(path, content.with(content.length >> 1, (content[content.length >> 1] ?? 0) ^ 1));
}

describe("a version is read from disk", () => {
  test.each([
    ["assets/main-1.js", "hash_mismatch"],
    ["assets/later-3.js", "hash_mismatch"],
    ["manifest.json", "signature_invalid"],
  ])("only with every byte of %s as it was signed", async (path, code) => {
    await alter(pathOf(path));
    await expect(read()).rejects.toMatchObject({ code });
  });

  test("only whole", async () => {
    await truncate(pathOf("assets/main-1.js"), 5);
    await expect(read()).rejects.toMatchObject({ code: "hash_mismatch" });
    await rm(pathOf("assets/main-1.js"));
    await expect(read()).rejects.toMatchObject({ code: "hash_mismatch" });
  });

  test("only signed, by a key that is accepted", async () => {
    const other = makeKeys();
    await expect(readVersion(scene.catalog, "1.4.0", other.keys)).rejects.toMatchObject({
      code: "key_unknown",
    });
    await rm(pathOf("manifest.json.sig"));
    await expect(read()).rejects.toMatchObject({ code: "signature_missing" });
  });

  test("while its key is the present one, or the next", async () => {
    const keys = acceptKeys({ current: makeKeys().written.current, next: scene.written.current });
    expect((await readVersion(scene.catalog, "1.4.0", keys)).version).toBe("1.4.0");
  });

  test("only as the version that it is", async () => {
    await mkdir(join(scene.catalog, "1.5.0"));
    for (const name of ["manifest.json", "manifest.json.sig"]) {
      await writeFile(join(scene.catalog, "1.5.0", name), await readFile(pathOf(name)));
    }
    const found = readVersion(scene.catalog, "1.5.0", scene.keys);
    await expect(found).rejects.toMatchObject({ code: "manifest_mismatch" });
  });

  test("by its name, which leads nowhere else", async () => {
    for (const name of ["../catalog/1.4.0", "latest", "1.4.0/../1.4.0"]) {
      await expect(readVersion(scene.catalog, name, scene.keys)).rejects.toMatchObject({
        code: "version_invalid",
      });
    }
    await expect(readVersion(scene.catalog, "9.9.9", scene.keys)).rejects.toMatchObject({
      code: "version_unknown",
    });
  });
});

describe("a version's zip is read from disk", () => {
  test.each([
    ["bundle.zip", "hash_mismatch"],
    ["bundle.zip.json", "signature_invalid"],
  ])("only with every byte of %s as it was signed", async (path, code) => {
    await alter(pathOf(path));
    await expect(readPublishedZip(scene.catalog, "1.4.0", scene.keys)).rejects.toMatchObject({ code });
  });

  test("only as its own version's", async () => {
    await scene.publish("1.5.0", await scene.build());
    for (const name of ["bundle.zip", "bundle.zip.json", "bundle.zip.json.sig"]) {
      await writeFile(pathOf(name), await readFile(join(scene.catalog, "1.5.0", name)));
    }
    const found = readPublishedZip(scene.catalog, "1.4.0", scene.keys);
    await expect(found).rejects.toMatchObject({ code: "manifest_mismatch" });
  });
});

describe("versions", () => {
  const number = fc.integer({ min: 0, max: 999_999_999 });
  const version = fc.tuple(number, number, number).map((numbers) => numbers.join("."));

  test("stand in the order of their numbers", () => {
    fc.assert(
      fc.property(version, version, (left, right) => {
        expect(isVersion(left)).toBe(true);
        expect(Math.sign(compareVersions(left, right))).toBe(-Math.sign(compareVersions(right, left)) + 0);
        expect(compareVersions(left, right) === 0).toBe(left === right);
        const order = (text: string) => text.replace(/\d+/g, (digits) => digits.padStart(9, "0"));
        expect(compareVersions(left, right) < 0).toBe(order(left) < order(right));
      }),
    );
  });

  test("have a newest, and one after it", () => {
    fc.assert(
      fc.property(fc.array(version, { minLength: 1 }), (versions) => {
        const newest = newestOf(versions) ?? "";
        expect(versions).toContain(newest);
        expect(versions.every((other) => compareVersions(other, newest) <= 0)).toBe(true);
        expect(compareVersions(versionAfter(newest), newest)).toBeGreaterThan(0);
      }),
    );
    expect([newestOf([]), versionAfter(null)]).toEqual([null, "0.1.1"]);
  });

  test("are listed newest first, and nothing that merely lies there", async () => {
    await scene.publish("1.10.0", await scene.build());
    await mkdir(join(scene.catalog, ".publishing-abc"));
    await mkdir(join(scene.catalog, "01.2.3"));
    await writeFile(join(scene.catalog, "notes.txt"), "");
    expect(await listVersions(scene.catalog)).toEqual(["1.10.0", "1.4.0"]);
    expect(await listVersions(join(scene.folder, "nowhere"))).toEqual([]);
  });
});
