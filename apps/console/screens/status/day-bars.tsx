import { classNames } from "@mainstay/ui";
import type { Status } from "@mainstay/wire";
import { dateText, spanText } from "../../parts/time.tsx";

type Day = Status["components"][number]["days"][number];

const grounds = { works: "bg-day-good", partly: "bg-chart-new", down: "bg-danger" } as const;

/** What a day was like, in words. */
export function dayText({ date, state, partly_s, down_s }: Day): string {
  const parts = [
    ...(down_s > 0 ? [`not for ${spanText(down_s * 1_000)}`] : []),
    ...(partly_s > 0 ? [`partly for ${spanText(partly_s * 1_000)}`] : []),
  ];
  const said = state === null ? "not measured" : parts.length === 0 ? "worked" : parts.join(", ");
  return `${dateText(date)}: ${said}`;
}

/** How many of the days had trouble, in one sentence for who can't see the bars. */
function summaryOf(name: string, days: readonly Day[]): string {
  const troubled = days.filter(({ state }) => state === "partly" || state === "down");
  const measured = days.filter(({ state }) => state !== null).length;
  if (measured === 0) return `${name}: not measured yet`;
  const which = troubled.length === 0 ? "" : `: ${troubled.map(dayText).join("; ")}`;
  return `${name}: ${measured} days measured, ${troubled.length} with trouble${which}`;
}

/**
 * A service's days as bars: one that worked is full and green, partly is half and amber, not at all is red.
 */
export function DayBars({ name, days }: { readonly name: string; readonly days: readonly Day[] }) {
  return (
    <span role="img" aria-label={summaryOf(name, days)} className="flex h-5 items-end gap-px">
      {days.map((day) => (
        <span
          key={day.date}
          title={dayText(day)}
          className={classNames(
            "max-w-1.5 min-w-0.5 flex-1 rounded-[1.5px]",
            day.state === null ? "h-1 bg-track" : grounds[day.state],
            day.state === "partly" && "h-2.5",
            day.state === "works" && "h-4",
            day.state === "down" && "h-5",
          )}
        />
      ))}
    </span>
  );
}
