import { createPublicKey, verify } from "node:crypto";

/** How far ahead a token's end may lie, in seconds (RFC 8292 §2). */
const token_seconds_max = 24 * 60 * 60;

type Vapid = { readonly token: string; readonly key: string };

/** Reads `Authorization: vapid t=<token>, k=<key>` (RFC 8292 §3); null where it isn't that. */
function parametersOf(authorization: string): Vapid | null {
  const [scheme = "", ...rest] = authorization.trim().split(/\s+/);
  if (scheme.toLowerCase() !== "vapid") return null;
  const pairs = rest
    .join("")
    .split(",")
    .map((pair) => /^([tk])=([\w.-]+)$/.exec(pair));
  const valueOf = (name: string) => pairs.find((pair) => pair?.[1] === name)?.[2];
  const [token, key] = [valueOf("t"), valueOf("k")];
  return token === undefined || key === undefined ? null : { token, key };
}

function jsonOf(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Whether ES256 of the token fits the key, an uncompressed point of P-256 in base64url. */
function isSigned({ token, key }: Vapid): boolean {
  const point = Buffer.from(key, "base64url");
  if (point.length !== 65 || point[0] !== 4) return false;
  const [header = "", claims = "", signature = ""] = token.split(".");
  try {
    const x = point.subarray(1, 33).toString("base64url");
    const y = point.subarray(33).toString("base64url");
    const publicKey = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
    const signed = Buffer.from(`${header}.${claims}`);
    const bytes = Buffer.from(signature, "base64url");
    return verify("sha256", signed, { key: publicKey, dsaEncoding: "ieee-p1363" }, bytes);
  } catch {
    // A point that isn't on the curve.
    return false;
  }
}

/**
 * Why a push isn't from the application server that it says it is, in a sentence; null where it is. The
 * token must be ES256, for this origin, end within 24 hours, and name whom to write to (RFC 8292 §2).
 */
export function whyNotSigned(
  authorization: string | undefined,
  expected: { readonly origin: string; readonly key: string | null; readonly now: Date },
): string | null {
  const vapid = authorization === undefined ? null : parametersOf(authorization);
  if (vapid === null) return "There is no vapid token with its key.";
  const [headerPart = "", claimsPart = ""] = vapid.token.split(".");
  const [header, claims] = [jsonOf(headerPart), jsonOf(claimsPart)];
  if (header?.["alg"] !== "ES256" || claims === null) return "The token isn't ES256.";
  if (!isSigned(vapid)) return "The token's signature doesn't fit its key.";
  const { aud, exp, sub } = claims;
  const now_s = expected.now.getTime() / 1_000;
  if (aud !== expected.origin) return `The token is for ${String(aud)}, not for ${expected.origin}.`;
  if (typeof exp !== "number" || exp <= now_s) return "The token has run out.";
  if (exp > now_s + token_seconds_max + 60) return "The token ends more than 24 hours ahead.";
  if (typeof sub !== "string" || !/^(?:mailto:|https:)/.test(sub))
    return "The token names nobody to write to.";
  if (expected.key !== null && expected.key !== vapid.key) return "Another key subscribed here.";
  return null;
}
