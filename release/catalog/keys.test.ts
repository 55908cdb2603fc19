import { generateKeyPairSync } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
  acceptKeys,
  bootKeysOf,
  createReleaseKey,
  keyNameOf,
  readPublicKeys,
  readReleaseKey,
  writePublicKey,
} from "./keys.ts";
import { makeKeys } from "./test-scene.ts";

const folder = mkdtempSync(join(tmpdir(), "mainstay-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the private key", () => {
  test("is made once, and only its owner can read it", () => {
    const path = join(folder, "keys/release.pem");
    createReleaseKey(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "keys")).mode & 0o777).toBe(0o700);
    const written = readFileSync(path);
    expect(() => createReleaseKey(path)).toThrow("was left as it is");
    expect(readFileSync(path)).toEqual(written);
    expect(readReleaseKey(path).asymmetricKeyType).toBe("ed25519");
  });

  test("is refused when others can read it", () => {
    const path = join(folder, "open.pem");
    createReleaseKey(path);
    chmodSync(path, 0o640);
    expect(() => readReleaseKey(path)).toThrow("chmod 600");
  });

  test("is refused when it is missing, no key, or one of another kind; without quoting it", () => {
    expect(() => readReleaseKey(join(folder, "nowhere.pem"))).toThrow("There is no private key");
    const path = join(folder, "other.pem");
    writeFileSync(path, "hush", { mode: 0o600 });
    expect(() => readReleaseKey(path)).toThrow(/holds no Ed25519 private key(?!.*hush)/);
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(path, privateKey.export({ type: "pkcs8", format: "pem" }));
    expect(() => readReleaseKey(path)).toThrow("holds no Ed25519 private key");
  });
});

describe("the public keys", () => {
  test("are accepted by their names, the present one and the next", () => {
    const [one, other] = [makeKeys(), makeKeys()];
    const accepted = acceptKeys({ current: one.written.current, next: other.written.current });
    expect([...accepted.keys()]).toEqual([...one.keys.keys(), ...other.keys.keys()]);
    expect([...accepted.entries()].every(([name, key]) => keyNameOf(key) === name)).toBe(true);
  });

  test("go into the boot layer as the 32 bytes that they are", () => {
    const { keys } = makeKeys();
    for (const { name, key } of bootKeysOf(keys)) {
      const jwk = keys.get(name)?.export({ format: "jwk" });
      expect(Buffer.from(key, "base64").toString("base64url")).toBe(jwk?.x);
    }
  });

  test("are refused when they are missing or no Ed25519 keys", () => {
    const path = join(folder, "release-keys.json");
    expect(() => readPublicKeys(path)).toThrow("npm run release -- keys");
    writeFileSync(path, `{"current": 1}`);
    expect(() => readPublicKeys(path)).toThrow("npm run release -- keys");
    expect(() => acceptKeys({ current: "AAAA", next: null })).toThrow("isn't an Ed25519 key");
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(() => acceptKeys({ current: writePublicKey(publicKey), next: null })).toThrow(
      "isn't an Ed25519 key",
    );
  });
});
