import { bank_time_zone, businessDateOf, type BusinessDate } from "@mainstay/kernel";

/** The forms in which dates are written. */
const forms = {
  clock: { hour: "2-digit", minute: "2-digit" },
  dayMonth: { day: "numeric", month: "long" },
  dayMonthYear: { day: "numeric", month: "long", year: "numeric" },
  shortDay: { weekday: "short" },
  weekday: { weekday: "long", day: "numeric", month: "long" },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;

const made = new Map<keyof typeof forms, Intl.DateTimeFormat>();

/** A formatter is dear to make, and the first screen needs none: each is made when it is first asked for. */
function format(form: keyof typeof forms, date: Date): string {
  let formatter = made.get(form);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat("en-GB", { timeZone: bank_time_zone, ...forms[form] });
    made.set(form, formatter);
  }
  return formatter.format(date);
}

/** "08:52", in the bank's time zone. */
export function timeText(iso: string): string {
  return format("clock", new Date(iso));
}

/** "18 November", with the year when it isn't this one. */
export function dateText(iso: string, now: Date): string {
  const date = new Date(iso);
  const isThisYear = businessDateOf(date).slice(0, 4) === businessDateOf(now).slice(0, 4);
  return format(isThisYear ? "dayMonth" : "dayMonthYear", date);
}

/** "Wednesday 18 November", with the year instead of the weekday when it isn't this one. */
export function dayText(iso: string, now: Date): string {
  const date = new Date(iso);
  const isThisYear = businessDateOf(date).slice(0, 4) === businessDateOf(now).slice(0, 4);
  return isThisYear ? format("weekday", date).replace(",", "") : format("dayMonthYear", date);
}

/** How long ago, as a list says it: "08:52" for today, "Tue" within a week, else "18 November". */
export function agoText(iso: string, now: Date): string {
  if (dayDistance(iso, now) === "today") return timeText(iso);
  const days = (now.getTime() - Date.parse(iso)) / 86_400_000;
  return days < 6 ? format("shortDay", new Date(iso)) : dateText(iso, now);
}

/** Where a day stands to today, for words like "Today". */
export function dayDistance(iso: string, now: Date): "today" | "yesterday" | "other" {
  const day = businessDateOf(new Date(iso));
  if (day === businessDateOf(now)) return "today";
  return day === dayBefore(businessDateOf(now)) ? "yesterday" : "other";
}

function dayBefore(day: BusinessDate): string {
  const noon = new Date(`${day}T12:00:00Z`);
  return new Date(noon.getTime() - 86_400_000).toISOString().slice(0, 10);
}
