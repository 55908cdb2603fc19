import { createHash } from "node:crypto";
import { addMs } from "@mainstay/kernel";
import { bank_placeholders } from "@mainstay/wire";

/** How many entries a customer may write in a window, and the window's length in milliseconds. */
export const entries_per_window_max = 20;
export const entries_window_ms = 10 * 60_000;
/** How often a delivery is tried on one channel before it is given up: over two hours in all. */
export const attempts_max = 20;
/** How long after the first failed attempt the second follows, and the longest wait, in milliseconds. */
const first_wait_ms = 2_000;
const wait_ms_max = 10 * 60_000;
/** How many UTF-16 units of an entry its list shows. */
const preview_length_max = 140;

const placeholder_pattern = /\{([^{}]*)\}/g;

/** The placeholders of a text that the bank can't fill in, in order; empty where it can fill in all. */
export function unknownPlaceholders(template: string): readonly string[] {
  const known: readonly string[] = bank_placeholders;
  return [...template.matchAll(placeholder_pattern)]
    .map((match) => match[1] ?? "")
    .filter((name) => !known.includes(name));
}

/** Fills in what the bank alone knows. What is filled in isn't read again: no name can hold a placeholder. */
export function fillIn(template: string, values: { readonly firstName: string }): string {
  return template.replaceAll("{first_name}", () => values.firstName);
}

/** A text as it is kept: one form of Unicode, no control characters but line ends and tabs, no blank ends. */
export function tidyText(text: string): string {
  return (
    text
      .normalize("NFC")
      .replaceAll("\r\n", "\n")
      // oxlint-disable-next-line no-control-regex -- control characters are what it takes away
      .replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F\u202A-\u202E\u2066-\u2069]/g, "")
      .trim()
  );
}

/** How an entry begins, on one line. */
export function previewOf(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= preview_length_max ? line : `${line.slice(0, preview_length_max - 1).trimEnd()}…`;
}

/** The paragraphs of a plain text: apart by empty lines. */
export function paragraphsOf(text: string): readonly string[] {
  return text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== "");
}

/** When a failed attempt is repeated: twice as long after each further one, up to ten minutes. */
export function nextAttemptAt(now: Date, attempts: number, atLeast_ms = 0): Date {
  const wait_ms = Math.min(first_wait_ms * 2 ** Math.max(0, attempts - 1), wait_ms_max);
  return addMs(now, Math.max(wait_ms, Math.min(atLeast_ms, wait_ms_max)));
}

/**
 * The push services of the browsers that there are: Chrome and Edge on Android, Firefox, Safari, Edge on
 * Windows. An endpoint comes from a browser, hence from anybody: the bank sends nowhere else.
 */
const push_hosts: readonly RegExp[] = [
  /^fcm\.googleapis\.com$/,
  /^(?:[a-z0-9-]+\.)*push\.services\.mozilla\.com$/,
  /^(?:[a-z0-9-]+\.)*push\.apple\.com$/,
  /^(?:[a-z0-9-]+\.)*notify\.windows\.com$/,
];

/**
 * Says whether the bank sends to an endpoint: by https, to a known push service, at its usual port.
 * `others` are origins that are allowed besides, outside production: the simulator's.
 */
export function isPushServiceKnown(endpoint: string, others: readonly string[]): boolean {
  if (!URL.canParse(endpoint)) return false;
  const url = new URL(endpoint);
  if (url.username !== "" || url.password !== "") return false;
  if (others.includes(url.origin)) return true;
  return url.protocol === "https:" && url.port === "" && push_hosts.some((host) => host.test(url.hostname));
}

/** RFC 8030 §5.4: a push with the topic of one that still waits at the service takes its place. */
export function topicOf(source: string): string {
  return createHash("sha256").update(source).digest("base64url").slice(0, 32);
}
