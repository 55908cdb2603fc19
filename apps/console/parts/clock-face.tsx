import { classNames } from "@mainstay/ui";
import { Check } from "lucide-react";

/** How a clock stands. */
export type ClockKind = "waiting" | "running" | "late" | "done";

const size = 36;
const middle = size / 2;
const radius = 16.5;
const around = 2 * Math.PI * radius;

const inks: Readonly<Record<ClockKind, string>> = {
  waiting: "text-line2",
  running: "text-chart-new",
  late: "text-danger",
  done: "text-good",
};

/** Twelve strokes round the dial, the quarters longer. */
function Dial() {
  return Array.from({ length: 12 }, (_, hour) => {
    const angle = (hour / 12) * 2 * Math.PI;
    const inner = hour % 3 === 0 ? 11.5 : 12.5;
    const [x, y] = [Math.sin(angle), -Math.cos(angle)];
    return (
      <line
        key={hour}
        x1={middle + x * inner}
        y1={middle + y * inner}
        x2={middle + x * 14}
        y2={middle + y * 14}
        stroke="currentColor"
        strokeWidth={1.1}
      />
    );
  });
}

/**
 * A deadline as a clock face: its arc is what is left of it and goes round as its hand does. One that hasn't
 * begun is dashed, one that is done has a check. The words beside it say the same.
 */
export function ClockFace({ kind, left }: { readonly kind: ClockKind; readonly left: number }) {
  if (kind === "done") {
    return (
      <span
        aria-hidden
        className="flex size-9 shrink-0 items-center justify-center rounded-full bg-good-tint text-good"
      >
        <Check size={18} strokeWidth={2} />
      </span>
    );
  }
  const isBegun = kind !== "waiting";
  const turn = (1 - left) * 360;
  return (
    <svg
      aria-hidden
      width={size}
      height={size}
      viewBox={`0 0 ${size} ${size}`}
      fill="none"
      className={classNames("shrink-0", inks[kind])}
    >
      <circle
        cx={middle}
        cy={middle}
        r={radius}
        className={kind === "running" ? "fill-lamp-tint" : kind === "late" ? "fill-danger-tint" : ""}
        stroke={isBegun ? "var(--track)" : "currentColor"}
        strokeWidth={isBegun ? 2.5 : 1.5}
        strokeDasharray={isBegun ? undefined : "2.4 2.9"}
      />
      {isBegun && (
        <>
          <circle
            cx={middle}
            cy={middle}
            r={radius}
            stroke="currentColor"
            strokeWidth={2.5}
            strokeDasharray={`${around * (kind === "late" ? 1 : left)} ${around}`}
            // What is left lies ahead of the hand, up to the top.
            transform={`rotate(${-90 + (kind === "late" ? 0 : turn)} ${middle} ${middle})`}
          />
          <Dial />
          <line
            x1={middle}
            y1={middle}
            x2={middle}
            y2={7.5}
            stroke="currentColor"
            strokeWidth={1.8}
            strokeLinecap="round"
            transform={`rotate(${turn} ${middle} ${middle})`}
          />
          <circle cx={middle} cy={middle} r={1.8} fill="currentColor" />
        </>
      )}
    </svg>
  );
}
