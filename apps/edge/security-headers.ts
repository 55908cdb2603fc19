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

/** Headers that every answer of the edge carries, whatever it is. */
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

/**
 * Headers of the boot page, and so of the app that runs in it. Scripts and styles come from the boot layer and from
 * published versions alone, the only worker is the boot layer's, and no text can become code (Trusted Types).
 */
export function pageHeaders(origin: string): SecurityHeaders {
  const code = `${origin}/boot/ ${origin}/v/`;
  const policy = [
    "default-src 'none'",
    `script-src ${code}`,
    `style-src ${code}`,
    "img-src 'self' data: blob:",
    `font-src ${origin}/v/`,
    "connect-src 'self'",
    "manifest-src 'self'",
    `worker-src ${origin}/sw.js`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types mainstay-boot",
    ...(origin.startsWith("https:") ? ["upgrade-insecure-requests"] : []),
  ];
  return {
    ...commonHeaders(origin),
    "content-security-policy": policy.join("; "),
    "cross-origin-opener-policy": "same-origin",
    "origin-agent-cluster": "?1",
    "permissions-policy": [
      ...denied_features.map((feature) => `${feature}=()`),
      "publickey-credentials-create=(self)",
      "publickey-credentials-get=(self)",
    ].join(", "),
  };
}
