import { bank_time_zone } from "@mainstay/kernel";

const formats = {
  time: new Intl.DateTimeFormat("en-GB", {
    timeZone: bank_time_zone,
    hour: "2-digit",
    minute: "2-digit",
  }),
  day: new Intl.DateTimeFormat("en-GB", { timeZone: bank_time_zone, day: "numeric", month: "short" }),
  date: new Intl.DateTimeFormat("en-GB", {
    timeZone: bank_time_zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  }),
  zone: new Intl.DateTimeFormat("en-GB", { timeZone: bank_time_zone, timeZoneName: "short" }),
  utcDay: new Intl.DateTimeFormat("en-GB", {
    timeZone: "UTC",
    weekday: "short",
    day: "numeric",
    month: "short",
  }),
};

/** `09:41`, in the bank's time zone. */
export function timeOf(instant: Date): string {
  return formats.time.format(instant);
}

/** `Thu 1 Oct 2026`, in the bank's time zone. */
export function dateOf(instant: Date): string {
  return formats.date.format(instant).replace(",", "");
}

/** `09:41`, or `1 Oct, 09:41` on another day than the reader's. */
export function momentOf(instant: Date, now: Date): string {
  const day = formats.day.format(instant);
  return day === formats.day.format(now) ? timeOf(instant) : `${day}, ${timeOf(instant)}`;
}

/** `GMT` or `BST`. */
export function zoneOf(instant: Date): string {
  return formats.zone.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value ?? "";
}

/** `Thu 1 Oct`, of a day of UTC. */
export function utcDayOf(date: string): string {
  return formats.utcDay.format(new Date(`${date}T12:00:00Z`)).replace(",", "");
}

/** `50 min`, `1 h 5 min`, `20 s`: rounded up, so that no trouble is made smaller. */
export function spanOf(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours === 0 ? `${minutes} min` : rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
