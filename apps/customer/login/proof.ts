import { browserClock, browserRandom } from "../browser.ts";
import { base64Url, base64UrlJson } from "./base64url.ts";
import type { DeviceKey } from "./device-key.ts";

/** What a proof is for. */
export type ProofOf = { readonly method: string; readonly path: string; readonly nonce: string | null };

/**
 * Makes a DPoP proof (RFC 9449 §4.2): a JWT by this installation's key that names the request and the
 * server's nonce. It carries no `ath`: the session is in a cookie that scripts can't read, and is bound to
 * the key's thumbprint.
 */
export async function makeProof(key: DeviceKey, { method, path, nonce }: ProofOf): Promise<string> {
  const claims = {
    htm: method,
    // The address without its query, as RFC 9449 §4.2 has it.
    htu: location.origin + path.split("?")[0],
    jti: base64Url(browserRandom.bytes(12)),
    iat: Math.floor(browserClock.now().getTime() / 1000),
    ...(nonce === null ? {} : { nonce }),
  };
  const input = `${base64UrlJson({ typ: "dpop+jwt", alg: "ES256", jwk: key.jwk })}.${base64UrlJson(claims)}`;
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    key.pair.privateKey,
    new TextEncoder().encode(input),
  );
  return `${input}.${base64Url(signature)}`;
}
