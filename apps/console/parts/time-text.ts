const time_format = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const date_format = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

const day_format = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const short_time_format = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const second_time_format = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const exact_time_format = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});
const weekday_format = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const zone_format = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short", hour: "2-digit" });

/** How far the zone of whoever looks is ahead of UTC at an instant, in milliseconds. */
export function zoneAhead(at_ms: number): number {
  return -new Date(at_ms).getTimezoneOffset() * 60_000;
}

/** What the zone of whoever looks is called at an instant: GMT, BST, CET. */
export function zoneName(at_ms: number): string {
  return zone_format.formatToParts(at_ms).find(({ type }) => type === "timeZoneName")?.value ?? "UTC";
}

/** A time in UTC, as it stands on hover. */
export function utcText(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const formats = {
  /** 6 Oct 14:32 */
  day: time_format,
  /** 6 Oct 2026 */
  date: day_format,
  /** Tue 6 Oct 14:32 */
  weekday: weekday_format,
  /** 14:32 */
  clock: short_time_format,
  /** 10:07:43 */
  second: second_time_format,
  /** 10:07:43.106, where the order of things is decided by milliseconds. */
  exact: exact_time_format,
} as const;

/** How finely a time is written. */
export type TimeForm = keyof typeof formats;

/** A time as text, in the zone of whoever looks. */
export function timeText(at: string | number, form: TimeForm = "day"): string {
  // The usual three letters of a month, where the locale says "Sept".
  return formats[form].format(new Date(at)).replaceAll(",", "").replace("Sept", "Sep");
}

/** A length of time in its largest unit and the next: `43 s`, `34 min`, `3 h 26`, `2 d 4 h`. */
export function spanText(length_ms: number): string {
  const seconds = Math.max(0, Math.round(length_ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10 && seconds % 60 > 0) return `${minutes} min ${seconds % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours < 48) return rest === 0 ? `${hours} h` : `${hours} h ${String(rest).padStart(2, "0")}`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/**
 * A length of time to the second below an hour, as people were kept waiting: `0.4 s`, `21 min 9 s`, `2 h 05`.
 */
export function exactSpanText(length_ms: number): string {
  if (length_ms > 0 && length_ms < 9_950) {
    const tenths = (length_ms / 1_000).toFixed(1);
    return `${tenths.endsWith(".0") ? tenths.slice(0, -2) : tenths} s`;
  }
  const seconds = Math.max(0, Math.floor(length_ms / 1_000));
  if (seconds < 60 || seconds >= 3_600) return spanText(length_ms);
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} min${rest === 0 ? "" : ` ${rest} s`}`;
}

/** Whether an instant is of the day that it is now, where whoever looks is. */
export function isToday(at: string, now: Date): boolean {
  return new Date(at).toDateString() === now.toDateString();
}

/** How long ago something was, in its largest unit and the next. */
export function ageOf(since: string, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - new Date(since).getTime()) / 60_000));
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`;
}

/** How long ago something was, in one word for a status bar: `0.4 s ago`, `12 s ago`, `3 min ago`. */
export function ageText(since: string, now: Date): string {
  const age_ms = Math.max(0, now.getTime() - new Date(since).getTime());
  if (age_ms < 1_000) return `${(age_ms / 1_000).toFixed(1)} s ago`;
  // From a minute on, seconds say nothing more.
  const whole_ms = age_ms < 60_000 ? age_ms : Math.floor(age_ms / 60_000) * 60_000;
  return `${spanText(whole_ms)} ago`;
}

/** A calendar date, as people write it. */
export function dateText(date: string): string {
  return date_format.format(new Date(`${date}T00:00:00Z`));
}

/** Whole years from a date of birth to now. */
export function yearsSince(date: string, now: Date): number {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  const years = now.getFullYear() - year;
  const before = now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < day);
  return before ? years - 1 : years;
}
