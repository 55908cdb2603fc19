import { useEffect, useState } from "react";
import { browserClock } from "../browser.ts";
import { timeText, utcText, type TimeForm } from "./time-text.ts";

export {
  zoneAhead,
  zoneName,
  timeText,
  spanText,
  exactSpanText,
  isToday,
  ageOf,
  ageText,
  dateText,
  yearsSince,
} from "./time-text.ts";

const clock_format = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
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

/** A time in the zone of whoever looks, with UTC on hover. */
export function Time({ at, form = "day" }: { readonly at: string; readonly form?: TimeForm }) {
  return (
    <time dateTime={at} title={utcText(new Date(at))} className="money whitespace-nowrap">
      {timeText(at, form)}
    </time>
  );
}

/** The clock of the status bar. */
export function StatusClock() {
  const now = useNow(1_000);
  return (
    <time dateTime={now.toISOString()} title={utcText(now)} className="money">
      {clock_format.format(now).replaceAll(",", "")}
    </time>
  );
}
