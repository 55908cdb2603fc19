/** What a page of ours may do in a browser, as response headers by name. */
export type SecurityHeaders = Readonly<Record<string, string>>;

/** A year, in seconds (RFC 6797 §6.1.1). */
const hsts_seconds = 31_536_000;

const denied_features = [
  "accelerometer",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "hid",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "serial",
  "usb",
];

/** Headers that every answer carries, whatever it is. */
export function commonHeaders(origin: string): SecurityHeaders {
  return {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    ...(origin.startsWith("https:")
      ? { "strict-transport-security": `max-age=${hsts_seconds}; includeSubDomains` }
      : {}),
  };
}

/** What a page needs of the policy, as paths of its own origin (`/v/`: everything under it). */
export type PagePolicy = {
  readonly code: readonly string[];
  /** Where styles lie, where it isn't with the code. */
  readonly styles?: readonly string[];
  readonly fonts: readonly string[];
  /** The one service worker, where there is one. */
  readonly worker: string | null;
  /** The names of the Trusted Types policies that the page's own scripts may make. */
  readonly trustedTypes: readonly string[];
  /** Where its forms lead, for a page that has any. */
  readonly forms?: readonly string[];
};

/**
 * Headers of a page. Scripts and styles come from the paths named alone, no worker but the one named starts,
 * nothing is inline and no text can become code (Trusted Types); the page talks to its own origin and is
 * framed by nobody.
 */
export function pageHeaders(origin: string, policy: PagePolicy): SecurityHeaders {
  const sources = (paths: readonly string[]) => paths.map((path) => origin + path).join(" ") || "'none'";
  const directives = [
    "default-src 'none'",
    `script-src ${sources(policy.code)}`,
    `style-src ${sources(policy.styles ?? policy.code)}`,
    "img-src 'self' data: blob:",
    `font-src ${sources(policy.fonts)}`,
    "connect-src 'self'",
    "manifest-src 'self'",
    `worker-src ${sources(policy.worker === null ? [] : [policy.worker])}`,
    "base-uri 'none'",
    `form-action ${sources(policy.forms ?? [])}`,
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${policy.trustedTypes.join(" ") || "'none'"}`,
    ...(origin.startsWith("https:") ? ["upgrade-insecure-requests"] : []),
  ];
  return {
    ...commonHeaders(origin),
    "content-security-policy": directives.join("; "),
    "cross-origin-opener-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "permissions-policy": [
      ...denied_features.map((feature) => `${feature}=()`),
      "publickey-credentials-create=(self)",
      "publickey-credentials-get=(self)",
    ].join(", "),
  };
}
