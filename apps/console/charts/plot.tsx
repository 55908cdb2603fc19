import { useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { zoneAhead } from "../parts/time.tsx";
import { linearScale, timeTicks, type Scale } from "./scale.ts";
import type { ValueAxis } from "./chart-view.ts";

/** Room around a plot, in px: values at its left, labels at the ends of lines at its right. */
export const plot_room = { left: 48, right: 106, top: 10, bottom: 28 } as const;

/** The size of an element as it is, in px. */
export function useSize(): {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly width: number;
  readonly height: number;
} {
  const ref = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, ...size };
}

/** Where values and times lie in a plot. */
export type PlotScales = {
  readonly x: Scale;
  readonly y: Scale;
  readonly right: number;
  readonly bottom: number;
};

/** The scales of a plot of this size. */
export function plotScales(deps: {
  readonly width: number;
  readonly height: number;
  readonly from: number;
  readonly to: number;
  readonly axis: ValueAxis;
}): PlotScales {
  const { width, height, from, to, axis } = deps;
  const right = width - plot_room.right;
  const bottom = height - plot_room.bottom;
  return {
    x: linearScale([from, to], [plot_room.left, right]),
    y: linearScale([axis.low, axis.high], [bottom, plot_room.top]),
    right,
    bottom,
  };
}

/** The least room for a time below the axis, in px. */
const tick_px = 64;

/** The grid with its values, and the times below. */
export function Axes({ scales, axis, from, to, valueText }: AxesProps) {
  const { x, y, right, bottom } = scales;
  const count = Math.max(2, Math.floor((right - plot_room.left) / tick_px));
  const { at, unit } = timeTicks(from, to, count, zoneAhead(from));
  return (
    <g>
      {axis.ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={plot_room.left}
            x2={right}
            y1={y(tick)}
            y2={y(tick)}
            className={tick === 0 && axis.low < 0 ? "stroke-line2" : "stroke-grid"}
          />
          <text
            x={plot_room.left - 8}
            y={y(tick) + 4}
            textAnchor="end"
            className="money fill-ink-soft text-small"
          >
            {valueText(tick)}
          </text>
        </g>
      ))}
      {at.map((time) => (
        <text
          key={time}
          x={x(time)}
          y={bottom + 18}
          textAnchor="middle"
          className="money fill-ink-soft text-small"
        >
          {tick_formats[unit].format(time).replace(",", "")}
        </text>
      ))}
    </g>
  );
}

type AxesProps = {
  readonly scales: PlotScales;
  readonly axis: ValueAxis;
  readonly from: number;
  readonly to: number;
  readonly valueText: (value: number) => string;
};

const tick_formats = {
  second: new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  minute: new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }),
  day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" }),
};

/** A label at the end of a line: its name, and its value right-aligned to the card's padding. */
export function EndLabel({ y, width, children, value }: EndLabelProps) {
  return (
    <text y={y + 4} className="money text-small font-semibold">
      <tspan x={width - plot_room.right + 12}>{children}</tspan>
      {value !== undefined && (
        <tspan x={width - 16} textAnchor="end" className="fill-ink">
          {value}
        </tspan>
      )}
    </text>
  );
}

type EndLabelProps = {
  readonly y: number;
  readonly width: number;
  readonly children: ReactNode;
  readonly value?: string;
};

/** Where two labels go that would lie on one another: apart by `gap`, in their own order. */
export function apart(upper: number, lower: number, gap: number): readonly [number, number] {
  const missing = gap - Math.abs(upper - lower);
  if (missing <= 0) return [upper, lower];
  const sign = upper <= lower ? -1 : 1;
  return [upper + (sign * missing) / 2, lower - (sign * missing) / 2];
}
