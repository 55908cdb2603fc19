import { err, ok, type Result } from "@mainstay/kernel";

/** What about the client's own part of a ceremony is wrong; none of it says anything about the person. */
export type ClientDataFailure =
  | "malformed"
  | "type_wrong"
  | "challenge_wrong"
  | "origin_wrong"
  | "cross_origin";

/** What a ceremony's client data must say. */
export type ClientDataExpected = {
  readonly type: "webauthn.create" | "webauthn.get";
  /** base64url, as it was in the options. */
  readonly challenge: string;
  readonly origins: readonly string[];
};

function parseObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/**
 * The challenge that a ceremony's client data answers (base64url), or null where there is none to be read.
 */
export function challengeIn(clientDataJSON: string): string | null {
  const challenge = parseObject(Buffer.from(clientDataJSON, "base64url"))?.["challenge"];
  return typeof challenge === "string" ? challenge : null;
}

/**
 * Checks type, challenge and origin of a ceremony's client data (WebAuthn Level 3, §7.1 steps 7–10, §7.2
 * steps 11–15) and gives its bytes. A page inside a frame of another site is refused: the bank is never
 * embedded.
 */
export function checkClientData(
  clientDataJSON: string,
  expected: ClientDataExpected,
): Result<Buffer, ClientDataFailure> {
  const bytes = Buffer.from(clientDataJSON, "base64url");
  const data = parseObject(bytes);
  if (data === null) return err("malformed");
  if (data["type"] !== expected.type) return err("type_wrong");
  if (data["challenge"] !== expected.challenge) return err("challenge_wrong");
  if (typeof data["origin"] !== "string" || !expected.origins.includes(data["origin"]))
    return err("origin_wrong");
  if (data["crossOrigin"] === true || data["topOrigin"] !== undefined) return err("cross_origin");
  return ok(bytes);
}
