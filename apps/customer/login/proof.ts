import { browserClock, browserRandom } from "../browser.ts";
import { base64Url, base64UrlJson } from "./base64url.ts";
import { serverOrigin } from "../native/server.ts";
import type { DeviceKey } from "./device-key.ts";

/** What a proof is for. */
export type ProofOf = {
  readonly method: string;
  readonly path: string;
  readonly nonce: string | null;
  /** The session's token where it goes with the request, as in a native shell; else it is in a cookie. */
  readonly token: string | null;
};

async function sha256(text: string): Promise<string> {
  return base64Url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/**
 * Makes a DPoP proof (RFC 9449 §4.2): a JWT by this installation's key that names the request and the
 * server's nonce. In a browser it carries no `ath`: the session is in a cookie that scripts can't read, and
 * is bound to the key's thumbprint.
 */
export async function makeProof(key: DeviceKey, { method, path, nonce, token }: ProofOf): Promise<string> {
  const claims = {
    htm: method,
    // The address without its query, as RFC 9449 §4.2 has it.
    htu: serverOrigin() + path.split("?")[0],
    jti: base64Url(browserRandom.bytes(12)),
    iat: Math.floor(browserClock.now().getTime() / 1000),
    ...(nonce === null ? {} : { nonce }),
    ...(token === null ? {} : { ath: await sha256(token) }),
  };
  const input = `${base64UrlJson({ typ: "dpop+jwt", alg: "ES256", jwk: key.jwk })}.${base64UrlJson(claims)}`;
  const signature = await crypto.subtle.sign(
    { name: "ECDSA", hash: "SHA-256" },
    key.pair.privateKey,
    new TextEncoder().encode(input),
  );
  return `${input}.${base64Url(signature)}`;
}
