import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { verifyAsync } from "./ed25519/verifier.ts";
import { isSigned, readKeys, signatureUrl, type OtherVerifier } from "./signature.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const base64 = (buffer: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
const base64Url = (buffer: ArrayBuffer) =>
  base64(buffer).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** A key of releases, as the build writes it, and what it signs. */
async function makeKey(name: string) {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const key = base64(await crypto.subtle.exportKey("raw", pair.publicKey));
  const sign = async (manifest: Uint8Array, label = "mainstay bundle 1\n") => {
    const signed = new Uint8Array([...bytes(label), ...manifest]);
    return { key: name, signature: base64Url(await crypto.subtle.sign("Ed25519", pair.privateKey, signed)) };
  };
  return { written: `${name}:${key}`, sign };
}

const manifest = bytes(`{"version":"1.4.0"}`);
const never: OtherVerifier = () => Promise.reject(new Error("not to be asked"));
const library: OtherVerifier = (signature, signed, key) =>
  verifyAsync(signature, signed, key, { zip215: false }).catch(() => false);

describe.each([
  ["the browser's own Ed25519", never],
  ["the library, in a browser without", library],
])("with %s", (_what, other) => {
  beforeEach(() => {
    if (other === never) return;
    const { importKey } = crypto.subtle;
    vi.spyOn(crypto.subtle, "importKey").mockImplementation((...given: unknown[]) =>
      given[2] === "Ed25519"
        ? Promise.reject(new DOMException("Unrecognized algorithm name", "NotSupportedError"))
        : Reflect.apply(importKey, crypto.subtle, given),
    );
  });
  afterEach(() => vi.restoreAllMocks());

  test("a manifest is accepted by the present key and by the next one", async () => {
    const [current, next] = [await makeKey("a".repeat(16)), await makeKey("b".repeat(16))];
    const keys = readKeys(`${current.written} ${next.written}`);
    for (const { sign } of [current, next]) {
      expect(await isSigned(manifest.buffer, await sign(manifest), keys, other)).toBe(true);
    }
  });

  test("one that was altered, signed as something else, or by another key isn't", async () => {
    const [ours, another] = [await makeKey("a".repeat(16)), await makeKey("c".repeat(16))];
    const keys = readKeys(ours.written);
    const signature = await ours.sign(manifest);
    expect(await isSigned(bytes(`{"version":"1.4.1"}`).buffer, signature, keys, other)).toBe(false);
    const withdrawal = await ours.sign(manifest, "mainstay withdrawal 1\n");
    expect(await isSigned(manifest.buffer, withdrawal, keys, other)).toBe(false);
    const foreign = await another.sign(manifest);
    expect(await isSigned(manifest.buffer, foreign, keys, other)).toBe(false);
    expect(await isSigned(manifest.buffer, { ...foreign, key: signature.key }, keys, other)).toBe(false);
  });

  test("what is no signature isn't one", async () => {
    const ours = await makeKey("a".repeat(16));
    const keys = readKeys(ours.written);
    const { key, signature } = await ours.sign(manifest);
    for (const given of [
      null,
      "signed",
      {},
      { key },
      { signature },
      { key, signature: `${signature}A` },
      { key, signature: "A".repeat(86) },
      { key, signature: 1 },
    ]) {
      expect(await isSigned(manifest.buffer, given, keys, other)).toBe(false);
    }
    expect(await isSigned(manifest.buffer, { key, signature }, readKeys(""), other)).toBe(false);
  });
});

test("a change of keys changes where a signature is fetched: no cache answers with the former one", () => {
  const [before, after] = [readKeys("aa:AAAA bb:BBBB"), readKeys("bb:BBBB")];
  expect(signatureUrl("1.4.0", before)).toBe("/v/1.4.0/manifest.json.sig?by=aa.bb");
  expect(signatureUrl("1.4.0", after)).not.toBe(signatureUrl("1.4.0", before));
});
