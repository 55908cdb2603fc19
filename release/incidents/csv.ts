import type { Affected } from "@mainstay/wire";

/** The columns of the affected, in their order. */
const columns = [
  "customer",
  "installation",
  "known_by",
  "platform",
  "os",
  "version",
  "reason",
  "tries",
  "first_failure_at",
  "last_failure_at",
  "back_at",
  "out_seconds",
  "version_now",
] as const;

/**
 * A field as RFC 4180 has it: in quotes where it must be. A text that a spreadsheet would take for a formula
 * begins with an apostrophe, as OWASP advises ("CSV injection").
 */
export function csvField(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function line(fields: readonly (string | number | null)[]): string {
  return `${fields.map(csvField).join(",")}\r\n`;
}

/** The line with the names of the columns. */
export function csvHead(): string {
  return line(columns);
}

/** One of the affected as a line. Times are UTC; seconds with three decimals. */
export function csvLine(row: Affected): string {
  return line([
    row.customer,
    row.installation,
    row.knownBy,
    row.platform,
    row.os,
    row.version,
    row.reason,
    row.tries,
    row.firstFailureAt,
    row.lastFailureAt,
    row.backAt,
    (row.out_ms / 1_000).toFixed(3),
    row.versionNow,
  ]);
}
