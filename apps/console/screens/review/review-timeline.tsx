import { classNames } from "@mainstay/ui";
import type { TimelineEntry } from "@mainstay/wire";
import { Time } from "../../parts/time.tsx";
import { pointPositions, timelinePoints } from "./review-words.ts";

/** The least part of the line between two points: their words must fit. */
const gap_min = 0.22;

/** Until the alarm in red, until the last device had switched in lamp, then in green. */
const grounds = ["bg-danger", "bg-chart-new", "bg-good"] as const;

/** What decides how long it took, drawn as a line of at most four points. */
export function DrawnTimeline({ timeline }: { readonly timeline: readonly TimelineEntry[] }) {
  const points = timelinePoints(timeline);
  if (points.length < 2) {
    return <p className="text-ink-soft">A line is drawn once there is a first failure and an end.</p>;
  }
  const positions = pointPositions(
    points.map(({ at }) => Date.parse(at)),
    gap_min,
  );
  return (
    <ol aria-label="From the first failure to the last person in" className="relative mx-1.5 mt-1 h-[52px]">
      {points.map(({ at, name }, index) => {
        const from = positions[index] ?? 0;
        const until = positions[index + 1];
        const isFirst = index === 0;
        const isLast = index === points.length - 1;
        return (
          <li key={name}>
            {until !== undefined && (
              <span
                aria-hidden
                className={classNames("absolute top-[5px] h-0.5", grounds[index] ?? "bg-good")}
                style={{ left: `${from * 100}%`, width: `${(until - from) * 100}%` }}
              />
            )}
            <span
              aria-hidden
              className={classNames(
                "absolute top-0 z-1 size-3 -translate-x-1/2 rounded-full border-2 border-ink",
                "bg-surface",
              )}
              style={{ left: `${from * 100}%` }}
            />
            <span
              className={classNames(
                "absolute top-[17px] text-small whitespace-nowrap",
                isFirst
                  ? "-ml-1.5"
                  : isLast
                    ? "-mr-1.5 -translate-x-full text-right"
                    : "-translate-x-1/2 text-center",
              )}
              style={{ left: isLast ? `calc(${from * 100}% + 6px)` : `${from * 100}%` }}
            >
              <span className="block font-semibold">
                <Time at={at} form="second" />
              </span>
              <span className="block text-ink-soft">{name}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
