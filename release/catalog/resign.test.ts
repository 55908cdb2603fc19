import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acceptKeys } from "./keys.ts";
import { readPublishedZip, readVersion } from "./reads.ts";
import { resignCatalog } from "./resign.ts";
import { createScene, makeKeys, type Scene } from "./test-scene.ts";
import { keepWithdrawal, readWithdrawals, signWithdrawal } from "./withdrawal.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await createScene();
});

afterEach(() => scene.stop());

test("keys change and nobody is left out: first both are accepted, then the next alone", async () => {
  for (const version of ["1.3.0", "1.4.0"]) await scene.publish(version, await scene.build());
  const wanted = { ...scene, version: "1.3.0", reason: "A hole in it", at: new Date(0) };
  await keepWithdrawal(scene.catalog, await signWithdrawal(wanted));
  const bytes = await readFile(join(scene.catalog, "1.4.0/manifest.json"));
  const next = makeKeys();
  const both = acceptKeys({ current: scene.written.current, next: next.written.current });
  expect(await resignCatalog({ catalog: scene.catalog, keys: both, privateKey: next.privateKey })).toEqual(
    [],
  );
  for (const keys of [both, next.keys]) {
    expect((await readVersion(scene.catalog, "1.4.0", keys)).manifestBytes).toEqual(bytes);
    expect((await readPublishedZip(scene.catalog, "1.4.0", keys)).version).toBe("1.4.0");
    expect([...(await readWithdrawals(scene.catalog, keys)).keys()]).toEqual(["1.3.0"]);
  }
  await expect(readVersion(scene.catalog, "1.4.0", scene.keys)).rejects.toMatchObject({
    code: "key_unknown",
  });
});

test("what nobody of ours has signed isn't signed by it", async () => {
  await scene.publish("1.3.0", await scene.build());
  await scene.publish("1.4.0", await scene.build());
  await rm(join(scene.catalog, "1.3.0/manifest.json.sig"));
  await writeFile(join(scene.catalog, "1.4.0/bundle.zip.json"), "{}");
  const { catalog, keys, privateKey } = scene;
  expect(await resignCatalog({ catalog, keys, privateKey })).toEqual(["1.4.0", "1.3.0"]);
  await expect(readVersion(catalog, "1.3.0", keys)).rejects.toMatchObject({ code: "signature_missing" });
});
