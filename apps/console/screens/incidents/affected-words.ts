import type { Affected, Platform } from "@mainstay/wire";
import { exactSpanText } from "../../parts/time-text.ts";
import { systemName } from "../releases/segment-words.ts";
import { platformName } from "../releases/words.ts";
import { shortReference } from "./words.ts";

const device_names: Readonly<Record<Platform, string>> = {
  ios: "iPhone",
  android: "Android phone",
  web: "Browser",
};

/** What all rows have in common, for the column's head: their system; null where they differ. */
export function commonSystem(rows: readonly Affected[]): string | null {
  const systems = new Set(rows.map(({ os }) => os));
  const [only] = systems;
  return systems.size === 1 && only !== undefined ? systemName(only) : null;
}

/** A row's device; its system too, where the column's head doesn't say it. */
export function deviceText({ platform, os }: Affected, common: string | null): string {
  return common === null ? `${device_names[platform]}, ${systemName(os)}` : device_names[platform];
}

const known_texts: Readonly<Record<Affected["knownBy"], string>> = {
  "log-in": "named by the log-in",
  installation: "the installation’s last customer",
  "next-log-in": "named by the next log-in",
  registration: "was opening an account",
  nobody: "known at the next log-in",
};

/**
 * What a row is called: the name for those who may see it, else the reference; or that nobody is known yet.
 */
export function affectedName(row: Affected, names: ReadonlyMap<string, string>): string {
  if (row.customer === null) return row.knownBy === "registration" ? "A new customer" : "Not known yet";
  return names.get(row.customer) ?? shortReference(row.customer);
}

/** Everything about a row that the table has no room for, as pairs of name and value. */
export function affectedFacts(row: Affected): readonly (readonly [string, string])[] {
  return [
    ["Failed on", `${row.version}, ${platformName(row.platform)}`],
    ["Reason", row.reason],
    ["Is on now", row.versionNow ?? "not seen since"],
    ["Known by", known_texts[row.knownBy]],
    ["Reference", row.customer ?? "none yet"],
    ["Installation", row.installation],
  ];
}

/** A row's key: one per customer and installation. */
export function affectedKey({ customer, installation }: Affected): string {
  return `${customer ?? ""} ${installation}`;
}

/** How long somebody was out; while they are, it goes on counting since the list was told. */
export function outText(row: Affected, toldAt_ms: number, now: Date): string {
  const since_ms = row.backAt === null ? Math.max(0, now.getTime() - toldAt_ms) : 0;
  return exactSpanText(row.out_ms + since_ms);
}
