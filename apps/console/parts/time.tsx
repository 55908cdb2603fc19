import { useEffect, useState } from "react";
import { browserClock } from "../browser.ts";

const clock_format = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
});
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

/** The present instant, anew every `every_ms`. */
export function useNow(every_ms: number): Date {
  const [now, setNow] = useState(browserClock.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(browserClock.now()), every_ms);
    return () => clearInterval(timer);
  }, [every_ms]);
  return now;
}

const utcOf = (instant: Date) => `${instant.toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** A time in the zone of whoever looks, with UTC on hover. */
export function Time({ at }: { readonly at: string }) {
  const instant = new Date(at);
  return (
    <time dateTime={at} title={utcOf(instant)} className="money whitespace-nowrap">
      {time_format.format(instant).replace(",", "")}
    </time>
  );
}

/** How long ago something was, in its largest unit and the next. */
export function ageOf(since: string, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - new Date(since).getTime()) / 60_000));
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(minutes / 1_440)} d ${Math.floor((minutes % 1_440) / 60)} h`;
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

/** The clock of the status bar. */
export function StatusClock() {
  const now = useNow(1_000);
  return (
    <time dateTime={now.toISOString()} title={utcOf(now)} className="money">
      {clock_format.format(now).replaceAll(",", "")}
    </time>
  );
}
