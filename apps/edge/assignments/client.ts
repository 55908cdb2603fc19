import type { IncomingMessage } from "node:http";
import { Value } from "typebox/value";
import { platform_header, shell_header, VersionSchema, type Platform } from "@mainstay/wire";

/** The kind of device that asks. */
export type Device = {
  readonly platform: Platform;
  /** The operating system and its major version, like `ios-18`; only as good as what the client says. */
  readonly os: string;
  /** The native shell's version; null in a browser. */
  readonly shell: string | null;
};

/** How user agents write their systems; the first that fits counts. */
const systems: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\b(?:iPhone|iPad|iPod)\b.*?\bOS (\d{1,4})[_.]/, "ios"],
  [/\b(?:iPhone|iPad|iPod)\b/, "ios"],
  [/\bAndroid (\d{1,4})\b/, "android"],
  [/\bAndroid\b/, "android"],
  [/\bWindows NT (\d{1,4})\b/, "windows"],
  [/\bWindows\b/, "windows"],
  [/\bMac OS X\b|\bMacintosh\b/, "mac"],
  [/\bCrOS\b/, "other"],
  [/\bLinux\b/, "linux"],
];

const hinted: Readonly<Record<string, string>> = {
  Android: "android",
  iOS: "ios",
  Windows: "windows",
  macOS: "mac",
  Linux: "linux",
};

const textOf = (header: string | string[] | undefined) => (typeof header === "string" ? header : "");

/** The system by the browser's client hints, whose user agent says the same version for ever. */
function osByHints(request: IncomingMessage): string | null {
  const name = hinted[textOf(request.headers["sec-ch-ua-platform"]).replaceAll('"', "")];
  const version = /^"?(\d{1,4})\b/.exec(textOf(request.headers["sec-ch-ua-platform-version"]))?.[1];
  return name === undefined || version === undefined ? null : `${name}-${version}`;
}

function osByUserAgent(request: IncomingMessage): string {
  const said = textOf(request.headers["user-agent"]).slice(0, 512);
  for (const [pattern, name] of systems) {
    const match = pattern.exec(said);
    if (match) return match[1] === undefined ? name : `${name}-${match[1]}`;
  }
  return "other";
}

/** Reads from a request which kind of device sends it. What is garbled is as if it weren't said. */
export function deviceOf(request: IncomingMessage): Device {
  const said = request.headers[platform_header];
  const shell = request.headers[shell_header];
  const platform = said === "ios" || said === "android" ? said : "web";
  return {
    platform,
    os: osByHints(request) ?? osByUserAgent(request),
    shell: platform !== "web" && Value.Check(VersionSchema, shell) ? shell : null,
  };
}
