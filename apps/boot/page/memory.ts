import type { UpdateAdvice } from "@mainstay/wire";
import {
  empty_memory,
  kept_bundles_max,
  quarantined_max,
  version_pattern,
  type BootMemory,
  type LeaveReason,
} from "../state.ts";
import { deviceNow } from "./browser.ts";

const key = "mainstay-boot";
const put_off_key = "mainstay-boot-put-off";
/** How long a nudge to update is put off, in milliseconds. */
const put_off_ms = 86_400_000;

const reasons: Readonly<Record<LeaveReason, true>> = {
  refused: true,
  crashed: true,
  slow: true,
  damaged: true,
  "taken-back": true,
};

/** Reads a value that was kept; undefined where storage is blocked, empty or garbled. */
export function readStored(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return undefined;
  }
}

/** Keeps a value for the next page load; where storage is blocked the app starts all the same. */
export function writeStored(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Private windows may refuse storage: then there is nothing to go back to, and nothing breaks.
  }
}

const isVersion = (value: unknown): value is string =>
  typeof value === "string" && version_pattern.test(value);

function versions(value: unknown, length_max: number): string[] {
  return Array.isArray(value) ? value.filter(isVersion).slice(0, length_max) : [];
}

function leftOf(value: unknown): BootMemory["left"] {
  const { version, reason } = (value ?? {}) as { version?: unknown; reason?: unknown };
  const isReason = (text: unknown): text is LeaveReason =>
    typeof text === "string" && Object.hasOwn(reasons, text);
  return isVersion(version) && isReason(reason) ? { version, reason } : null;
}

/** Reads what an earlier page load left. Storage that is blocked, empty or garbled is an empty memory. */
export function recall(): BootMemory {
  const stored = readStored(key);
  if (typeof stored !== "object" || stored === null) return empty_memory;
  const { good, stood, quarantined, left } = stored as Partial<Record<keyof BootMemory, unknown>>;
  return {
    good: versions(good, kept_bundles_max),
    stood: versions(stood, kept_bundles_max),
    quarantined: versions(quarantined, quarantined_max),
    left: leftOf(left),
  };
}

/** Keeps the memory for the next page load. */
export function remember(memory: BootMemory): void {
  writeStored(key, memory);
}

/** What to hand on of a nudge: nothing for a day after it was put off. */
export function adviceToShow(update: UpdateAdvice): UpdateAdvice {
  const until = readStored(put_off_key);
  const isPutOff = typeof until === "number" && deviceNow() < until && until < deviceNow() + 2 * put_off_ms;
  return update.kind === "recommended" && isPutOff ? { kind: "none" } : update;
}

/** Puts the nudge off for a day. */
export function putOffUpdate(): void {
  writeStored(put_off_key, deviceNow() + put_off_ms);
}
