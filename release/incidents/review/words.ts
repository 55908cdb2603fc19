import { bank_time_zone, businessDateOf } from "@mainstay/kernel";

const second_ms = 1_000;

/** A share, as a percentage with at most two places. */
export const percentText = (share: number): string =>
  `${(share * 100).toLocaleString("en-GB", { maximumFractionDigits: 2 })} %`;

/** How long something took, in milliseconds, in at most two units: `5 min 40 s`, `0.4 s`, `2 h 5 min`. */
export function durationText(ms: number): string {
  if (ms < 10 * second_ms)
    return `${(ms / second_ms).toLocaleString("en-GB", { maximumFractionDigits: 1 })} s`;
  const seconds = Math.round(ms / second_ms);
  const units = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  const shown = units.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

const formats = new Map<string, Intl.DateTimeFormat>();
function formatted(instant: Date, name: string, options: Intl.DateTimeFormatOptions): string {
  const format =
    formats.get(name) ?? new Intl.DateTimeFormat("en-GB", { ...options, timeZone: bank_time_zone });
  formats.set(name, format);
  return format.format(instant);
}

/** A day in the bank's time zone: `Thursday 1 October 2026`. */
export const dayText = (instant: Date): string =>
  formatted(instant, "day", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).replace(
    ",",
    "",
  );

/** A time of day in the bank's time zone, to the second: `08:41:12`. */
export const timeText = (instant: Date): string =>
  formatted(instant, "time", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** A date as tables show it: `5 Oct 2026`. */
export const dateText = (instant: Date): string =>
  formatted(instant, "date", { day: "numeric", month: "short", year: "numeric" });

/** A time of day, with its date where that isn't the day that is spoken of. */
export function momentText(instant: Date, day: Date): string {
  const time = timeText(instant);
  return businessDateOf(instant) === businessDateOf(day) ? time : `${time} on ${dateText(instant)}`;
}
