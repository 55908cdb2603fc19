import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createScene, makeKeys, type Scene } from "./test-scene.ts";
import { keepWithdrawal, readWithdrawals, signWithdrawal } from "./withdrawal.ts";

let scene: Scene;

beforeEach(async () => {
  scene = await createScene();
  await scene.publish("1.4.0", await scene.build());
});

afterEach(() => scene.stop());

const at = new Date("2026-11-22T10:00:00Z");
const withdraw = async (version = "1.4.0", reason = "It keeps passkeys in storage") => {
  const signed = await signWithdrawal({ ...scene, version, reason, at });
  await keepWithdrawal(scene.catalog, signed);
  return signed;
};
const found = () => readWithdrawals(scene.catalog, scene.keys);

test("a withdrawal is signed, and is final with its first reason", async () => {
  const { isNew, withdrawal } = await withdraw();
  expect(isNew).toBe(true);
  expect(withdrawal).toEqual({
    version: "1.4.0",
    reason: "It keeps passkeys in storage",
    withdrawnAt: "2026-11-22T10:00:00.000Z",
  });
  expect(await withdraw("1.4.0", "Another reason")).toMatchObject({ isNew: false, withdrawal });
  expect((await found()).get("1.4.0")?.withdrawal).toEqual(withdrawal);
});

test("what is signed forbids nothing before it is kept", async () => {
  await signWithdrawal({ ...scene, version: "1.4.0", reason: "A hole in it", at });
  expect((await found()).size).toBe(0);
});

test("a version's number isn't given again after it", async () => {
  await withdraw();
  await rm(join(scene.catalog, "1.4.0"), { recursive: true });
  await expect(scene.publish("1.4.0", await scene.build())).rejects.toMatchObject({
    code: "version_withdrawn",
  });
});

test("what doesn't exist, or has no reason, isn't withdrawn", async () => {
  await expect(withdraw("1.5.0")).rejects.toMatchObject({ code: "version_unknown" });
  await expect(withdraw("../1.4.0")).rejects.toMatchObject({ code: "version_invalid" });
  await expect(withdraw("1.4.0", "")).rejects.toMatchObject({ code: "manifest_invalid" });
  await expect(withdraw("1.4.0", "x".repeat(201))).rejects.toMatchObject({ code: "manifest_invalid" });
  const { privateKey } = makeKeys();
  const foreign = signWithdrawal({ ...scene, version: "1.4.0", reason: "Mischief", at, privateKey });
  await expect(foreign).rejects.toMatchObject({ code: "key_unknown" });
  expect([...(await found()).keys()]).toEqual([]);
});

test("one that was altered, isn't signed, or is another version's, forbids nothing and is told", async () => {
  await withdraw();
  const path = join(scene.catalog, "withdrawn/1.4.0.json");
  const text = await readFile(path, "utf8");
  const refused: string[] = [];
  const read = () => readWithdrawals(scene.catalog, scene.keys, (version) => refused.push(version));
  await writeFile(path, text.replace("keeps", "loses"));
  expect((await read()).size).toBe(0);
  await writeFile(path, text);
  await writeFile(join(scene.catalog, "withdrawn/1.3.0.json"), text);
  await writeFile(join(scene.catalog, "withdrawn/1.3.0.json.sig"), await readFile(`${path}.sig`));
  expect([...(await read()).keys()]).toEqual(["1.4.0"]);
  await rm(`${path}.sig`);
  expect((await read()).size).toBe(0);
  expect(refused).toEqual(["1.4.0", "1.3.0", "1.3.0", "1.4.0"]);
});
