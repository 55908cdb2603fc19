import { createPrivateKey, createPublicKey, ECDH, hkdfSync, type KeyObject } from "node:crypto";
import { createECDH } from "node:crypto";
import type { ProbeName } from "@mainstay/wire";

const curve = "prime256v1";
/** The order of P-256's base point (FIPS 186-5): a private key is smaller, and not zero. */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** A private key of P-256 that follows from a secret and a name: the same at every start. */
function derivedKey(secret: string, name: string): KeyObject {
  for (let turn = 0; ; turn += 1) {
    const bytes = Buffer.from(hkdfSync("sha256", secret, "", `mainstay probe ${name} ${turn}`, 32));
    const scalar = BigInt(`0x${bytes.toString("hex")}`);
    // One in four thousand million isn't a key.
    if (scalar === 0n || scalar >= order) continue;
    const pair = createECDH(curve);
    pair.setPrivateKey(bytes);
    const point = Buffer.from(
      ECDH.convertKey(pair.getPublicKey(), curve, undefined, undefined, "uncompressed"),
    );
    const jwk = {
      kty: "EC",
      crv: "P-256",
      d: bytes.toString("base64url"),
      x: point.subarray(1, 33).toString("base64url"),
      y: point.subarray(33).toString("base64url"),
    };
    return createPrivateKey({ key: jwk, format: "jwk" });
  }
}

/** A synthetic customer's passkey. */
export type ProbePasskey = {
  /** The credential id, base64url. */
  readonly id: string;
  readonly key: KeyObject;
  /** SubjectPublicKeyInfo, DER, in base64. */
  readonly spki: string;
};

/** The passkey of a synthetic customer: it follows from the secret, so that it lies in no file of its own. */
export function passkeyOf(secret: string, name: ProbeName): ProbePasskey {
  const key = derivedKey(secret, `passkey ${name}`);
  const id = Buffer.from(hkdfSync("sha256", secret, "", `mainstay probe credential ${name}`, 16));
  const spki = createPublicKey(key).export({ type: "spki", format: "der" }).toString("base64");
  return { id: id.toString("base64url"), key, spki };
}

/** The device key with which a synthetic customer logs in, one for each place: few devices, none new. */
export function deviceKeyOf(secret: string, name: ProbeName, place: string): KeyObject {
  return derivedKey(secret, `device ${name} ${place}`);
}
