import type { RelyingParty } from "@mainstay/webauthn";
import { session_ms_max } from "./rules.ts";

/** The session's cookie over plain HTTP on this machine. */
export const session_cookie = "mainstay_session";
/** The session's cookie everywhere else: browsers take that prefix only with Secure, Path=/ and no Domain. */
export const secure_session_cookie = "__Host-mainstay_session";

const token_pattern = /(?:^|; ?)(?:__Host-)?mainstay_session=([0-9A-Za-z_-]{43})(?:;|$)/;

/** Reads the session's token from a Cookie header, or null. */
export function sessionTokenOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  return token_pattern.exec(header)?.[1] ?? null;
}

const authorization_pattern = /^DPoP ([0-9A-Za-z_-]{43})$/i;

/** Reads the session's token from an Authorization header (RFC 9449 §7.1), or null. */
export function shownTokenOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  return authorization_pattern.exec(header)?.[1] ?? null;
}

function attributesOf(relyingParty: RelyingParty): { name: string; secure: string } {
  const isSecure = relyingParty.origins[0]?.startsWith("https:") === true;
  return { name: isSecure ? secure_session_cookie : session_cookie, secure: isSecure ? "; Secure" : "" };
}

/**
 * The Set-Cookie header that hands a session's token to the browser: no script reads it, no other site sends
 * it.
 */
export function sessionCookie(relyingParty: RelyingParty, token: string): string {
  const { name, secure } = attributesOf(relyingParty);
  return `${name}=${token}; Path=/; Max-Age=${session_ms_max / 1000}; HttpOnly; SameSite=Strict${secure}`;
}

/** The Set-Cookie header that takes the token back. */
export function clearedSessionCookie(relyingParty: RelyingParty): string {
  const { name, secure } = attributesOf(relyingParty);
  return `${name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict${secure}`;
}
