/**
 * Native shells wrap the same bundle for iOS and Android. Their pages come from the shell itself, so that
 * their origin is a local one: no cookies of ours, and CORS for these origins alone.
 */

/** The origins of pages in a native shell: Capacitor's on iOS, and on Android. */
export const shell_origins = ["capacitor://localhost", "https://localhost"] as const;

/** Says whether a request's Origin header is a native shell's. */
export function isShellOrigin(origin: unknown): boolean {
  return shell_origins.some((known) => known === origin);
}

/**
 * The header of an answer that opens a session on a native shell: its token, in place of the cookie. It is
 * bound to the device's key: shown as `authorization: DPoP <token>` with a proof that names it (`ath`,
 * RFC 9449 §7.1).
 */
export const session_token_header = "x-mainstay-session";

/** The header in which a native shell keeps and shows its installation, in place of the cookie. */
export const installation_header = "x-mainstay-installation";

/** The headers in which a native shell says which platform it is on, and its own version. */
export const platform_header = "x-mainstay-platform";
export const shell_header = "x-mainstay-shell";

/** What a bundle that runs in a native shell must know of it; the boot layer hands it over. */
export type ShellHandle = {
  readonly platform: "ios" | "android";
  /** The edge's origin: nothing but the bundle itself comes from the shell's own. */
  readonly server: string;
  /** The headers that go with everything that is asked of the edge. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** Takes over what an answer says of this installation, in place of a cookie. */
  readonly noteAnswer: (headers: Headers) => void;
};
