import { bank_time_zone, businessDateOf, type BusinessDate } from "@mainstay/kernel";

const zone = { timeZone: bank_time_zone } as const;
const locale = "en-GB";
const clock = new Intl.DateTimeFormat(locale, { ...zone, hour: "2-digit", minute: "2-digit" });
const dayMonth = new Intl.DateTimeFormat(locale, { ...zone, day: "numeric", month: "long" });
const dayMonthYear = new Intl.DateTimeFormat(locale, {
  ...zone,
  day: "numeric",
  month: "long",
  year: "numeric",
});
const weekday = new Intl.DateTimeFormat(locale, { ...zone, weekday: "long", day: "numeric", month: "long" });

/** "08:52", in the bank's time zone. */
export function timeText(iso: string): string {
  return clock.format(new Date(iso));
}

/** "18 November", with the year when it isn't this one. */
export function dateText(iso: string, now: Date): string {
  const date = new Date(iso);
  const isThisYear = businessDateOf(date).slice(0, 4) === businessDateOf(now).slice(0, 4);
  return (isThisYear ? dayMonth : dayMonthYear).format(date);
}

/** "Wednesday 18 November", with the year instead of the weekday when it isn't this one. */
export function dayText(iso: string, now: Date): string {
  const date = new Date(iso);
  const isThisYear = businessDateOf(date).slice(0, 4) === businessDateOf(now).slice(0, 4);
  return isThisYear ? weekday.format(date).replace(",", "") : dayMonthYear.format(date);
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
