import { createDecipheriv, createECDH, hkdfSync } from "node:crypto";

/** What a browser keeps for itself of a subscription. */
export type BrowserKeys = {
  /** The private key of `p256dh`, and the secret, both as bytes. */
  readonly privateKey: Buffer;
  readonly auth: Buffer;
};

/** The header of `aes128gcm`: salt, record size, and the length of the key's id (RFC 8188 §2.1). */
const header_bytes = 21;
const tag_bytes = 16;
/** The length of an uncompressed point of P-256, in bytes. */
const point_bytes = 65;

function derive(key: Buffer, given: { salt: Buffer; info: Buffer; bytes: number }): Buffer {
  return Buffer.from(hkdfSync("sha256", key, given.salt, given.info, given.bytes));
}

/**
 * Reads a push as the browser that subscribed would (RFC 8291, one record of RFC 8188's `aes128gcm`); null
 * where it isn't encrypted for these keys.
 */
export function decryptPush(body: Buffer, keys: BrowserKeys): string | null {
  if (body.length < header_bytes + point_bytes + tag_bytes || body[20] !== point_bytes) return null;
  const salt = body.subarray(0, 16);
  const senderKey = body.subarray(header_bytes, header_bytes + point_bytes);
  const sealed = body.subarray(header_bytes + point_bytes);
  try {
    const browser = createECDH("prime256v1");
    browser.setPrivateKey(keys.privateKey);
    const shared = browser.computeSecret(senderKey);
    const info = Buffer.concat([Buffer.from("WebPush: info\0"), browser.getPublicKey(), senderKey]);
    const input = derive(shared, { salt: keys.auth, info, bytes: 32 });
    const key = derive(input, { salt, info: Buffer.from("Content-Encoding: aes128gcm\0"), bytes: 16 });
    const nonce = derive(input, { salt, info: Buffer.from("Content-Encoding: nonce\0"), bytes: 12 });
    const opener = createDecipheriv("aes-128-gcm", key, nonce);
    opener.setAuthTag(sealed.subarray(-tag_bytes));
    const padded = Buffer.concat([opener.update(sealed.subarray(0, -tag_bytes)), opener.final()]);
    // The last record's text ends with 2 and then zeros.
    const end = padded.lastIndexOf(2);
    return end < 0 ? null : padded.subarray(0, end).toString("utf8");
  } catch {
    return null;
  }
}
