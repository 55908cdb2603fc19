import type { IncomingMessage } from "node:http";
import Type from "typebox";
import { newId, type Clock, type Random } from "@mainstay/kernel";
import {
  InstallationIdSchema,
  installation_header,
  isShellOrigin,
  RolloutIdSchema,
  VersionSchema,
} from "@mainstay/wire";
import { createTokenMaker } from "@mainstay/platform";

/** How many versions that logged in here are remembered. */
export const healthy_versions_max = 2;
/** How many rollouts an installation is kept out of. */
export const pinned_rollouts_max = 4;
/** How many versions that failed here are remembered. */
export const failed_versions_max = 8;
/** How long a browser keeps the installation's cookie, in seconds: the longest that browsers allow. */
export const cookie_seconds = 400 * 86_400;
/** What is kept by the installation itself, signed; short names, because it travels with every request. */
const KeptSchema = Type.Object({
  i: InstallationIdSchema,
  /** When somebody first logged in here, in milliseconds since 1970. */
  k: Type.Union([Type.Integer(), Type.Null()]),
  /** The customer who logged in here last. */
  c: Type.Union([Type.String({ maxLength: 40 }), Type.Null()]),
  /** Versions that logged in here, newest first. */
  h: Type.Array(VersionSchema, { maxItems: healthy_versions_max }),
  /** Rollouts that it stays out of: it has fallen back from their candidate. */
  p: Type.Array(RolloutIdSchema, { maxItems: pinned_rollouts_max }),
  /** Versions that failed here, newest first. */
  b: Type.Array(VersionSchema, { maxItems: failed_versions_max }),
  /** The version assigned last. */
  a: Type.Union([VersionSchema, Type.Null()]),
});

/** One app on one device, as it is known to the edge. */
export type Installation = Type.Static<typeof KeptSchema>;

/** Reads and writes the token by which an installation is known. */
export type Installations = {
  /** Whoever asks: null for one that is new, or whose token isn't one of ours. */
  readonly read: (request: IncomingMessage) => Installation | null;
  /** The same by its token alone, as a native shell's update plugin shows it. */
  readonly readToken: (token: unknown) => Installation | null;
  readonly create: () => Installation;
  /** The answer's header that hands the token over: a cookie, or for a native shell a header. */
  readonly headerFor: (request: IncomingMessage, kept: Installation) => readonly [string, string];
};

/** The value of a cookie; null where the request carries none of that name. */
export function cookieOf(request: IncomingMessage, name: string): string | null {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [found, ...value] = part.trim().split("=");
    if (found === name) return value.join("=");
  }
  return null;
}

/** A cookie's name: bound to the very host where the origin has TLS (RFC 6265bis §4.1.3). */
export function cookieName(origin: string, name: string): string {
  return origin.startsWith("https:") ? `__Host-${name}` : name;
}

function isShell(request: IncomingMessage): boolean {
  return isShellOrigin(request.headers.origin);
}

/** Puts a value at the head of a list that holds each value once and has a largest length. */
export function withNewest<Value>(list: readonly Value[], value: Value, length_max: number): Value[] {
  return [value, ...list.filter((known) => known !== value)].slice(0, length_max);
}

/** Makes the reader and writer of installations' tokens. */
export function createInstallations(deps: {
  readonly secret: string;
  readonly origin: string;
  readonly clock: Clock;
  readonly random: Random;
}): Installations {
  const tokens = createTokenMaker(deps.secret, "installation", KeptSchema);
  const name = cookieName(deps.origin, "mainstay_installation");
  const attributes = [
    "Path=/",
    `Max-Age=${cookie_seconds}`,
    "HttpOnly",
    "SameSite=Strict",
    ...(deps.origin.startsWith("https:") ? ["Secure"] : []),
  ].join("; ");
  return {
    read: (request) =>
      tokens.read(isShell(request) ? request.headers[installation_header] : cookieOf(request, name)),
    readToken: tokens.read,
    create: () => ({
      i: newId("ins", deps),
      k: null,
      c: null,
      h: [],
      p: [],
      b: [],
      a: null,
    }),
    headerFor: (request, kept) => {
      const token = tokens.sign(kept);
      if (isShell(request)) return [installation_header, token];
      return ["set-cookie", `${name}=${token}; ${attributes}`];
    },
  };
}
