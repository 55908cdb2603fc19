import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { Value } from "typebox/value";
import { err, ok, type Clock, type Random, type Result } from "@mainstay/kernel";
import { StaffClaimsSchema, type StaffClaims } from "@mainstay/wire";

/** How long control's word for a member of staff holds, in seconds. */
export const staff_assertion_s = 60;
/** How far the clocks of control and bank may be apart, in seconds. */
export const clock_skew_s_max = 5;
/** How many assertions may be remembered as used at once; each is forgotten when it has run out. */
export const used_assertions_max = 50_000;
/** The longest assertion, in characters. */
const assertion_length_max = 4_096;

/** Why an assertion is not accepted. `busy`: too many are remembered to promise that none is taken twice. */
export type StaffAssertionFailure = "missing" | "invalid" | "expired" | "replayed" | "busy";

/** The one header that there is: the algorithm is never read from the token (RFC 8725 §3.1). */
const header = Buffer.from(JSON.stringify({ alg: "EdDSA", typ: "staff+jwt" })).toString("base64url");

/**
 * Makes the function with which control vouches for who asks: a JWT (RFC 7519), Ed25519 (RFC 8037), good for
 * a minute.
 */
export function createStaffAssertionSigner(deps: {
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  readonly clock: Clock;
  readonly random: Random;
}): (staff: Pick<StaffClaims, "sub" | "name" | "roles">) => string {
  const key = createPrivateKey(deps.privateKey);
  return ({ sub, name, roles }) => {
    const iat = Math.floor(deps.clock.now().getTime() / 1_000);
    const jti = Buffer.from(deps.random.bytes(16)).toString("base64url");
    const claims: StaffClaims = { sub, name, roles, aud: "bank", iat, exp: iat + staff_assertion_s, jti };
    const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}`;
    return `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`;
  };
}

function readClaims(token: string): { signed: string; signature: Buffer; claims: StaffClaims } | null {
  const [head, body, signature, ...more] = token.split(".");
  if (head !== header || body === undefined || signature === undefined || more.length > 0) return null;
  try {
    const claims: unknown = JSON.parse(Buffer.from(body, "base64url").toString("utf8"));
    if (!Value.Check(StaffClaimsSchema, claims)) return null;
    return { signed: `${head}.${body}`, signature: Buffer.from(signature, "base64url"), claims };
  } catch {
    return null;
  }
}

/**
 * Makes the bank's check of control's word: the signature, the audience, the minute, and that the same
 * assertion has not come before. What was used is remembered in this process until it runs out; a second
 * process of the bank would need to share that memory before staff traffic goes to both.
 */
export function createStaffAssertionVerifier(deps: {
  /** SPKI, PEM. */
  readonly publicKey: string;
  readonly clock: Clock;
}): { readonly verify: (token: string | undefined) => Result<StaffClaims, StaffAssertionFailure> } {
  const key = createPublicKey(deps.publicKey);
  const used = new Map<string, number>();

  /**
   * Assertions run out in the order in which they were made, give or take the skew: the oldest stand in
   * front.
   */
  function forget(now_s: number): void {
    for (const [jti, until_s] of used) {
      if (until_s >= now_s) return;
      used.delete(jti);
    }
  }

  return {
    verify: (token) => {
      if (token === undefined || token === "") return err("missing");
      const read = token.length <= assertion_length_max ? readClaims(token) : null;
      if (read === null) return err("invalid");
      const { signed, signature, claims } = read;
      if (!verify(null, Buffer.from(signed), key, signature)) return err("invalid");
      const now_s = Math.floor(deps.clock.now().getTime() / 1_000);
      if (claims.exp - claims.iat > staff_assertion_s || claims.iat > now_s + clock_skew_s_max) {
        return err("invalid");
      }
      if (claims.exp < now_s) return err("expired");
      forget(now_s);
      if (used.has(claims.jti)) return err("replayed");
      if (used.size >= used_assertions_max) return err("busy");
      used.set(claims.jti, claims.exp);
      return ok(claims);
    },
  };
}
