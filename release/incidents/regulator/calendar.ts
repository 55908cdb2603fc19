import { bank_time_zone } from "@mainstay/kernel";

const minute_ms = 60_000;

let wallParts: Intl.DateTimeFormat | undefined;

/** What the bank's clocks on the wall show at an instant, as if it were UTC, in milliseconds since 1970. */
function wallTimeOf(instant: Date): number {
  wallParts ??= new Intl.DateTimeFormat("en-GB", {
    timeZone: bank_time_zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const parts = new Map(wallParts.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  const wall = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return wall + (instant.getTime() % 1_000);
}

/** The instant at which the bank's clocks show a time; the later one of a time that they show twice. */
function instantOf(wall_ms: number): Date {
  // London is at most an hour ahead of UTC; a time that the clocks leap over is the one an hour later.
  const candidates = [0, 60].map((offset) => new Date(wall_ms - offset * minute_ms));
  return candidates.find((instant) => wallTimeOf(instant) === wall_ms) ?? new Date(wall_ms);
}

/**
 * One month later by the calendar, in the bank's time zone, at the same time of day: from 31 January it is
 * the last day of February.
 */
export function addMonth(instant: Date): Date {
  const wall = new Date(wallTimeOf(instant));
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const last = new Date(Date.UTC(year, month + 2, 0)).getUTCDate();
  const timeOfDay_ms = wall.getTime() - Date.UTC(year, month, day);
  return instantOf(Date.UTC(year, month + 1, Math.min(day, last)) + timeOfDay_ms);
}
