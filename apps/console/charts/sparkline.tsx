import type { ChartView } from "./chart-view.ts";
import { useSize } from "./plot.tsx";
import { linearScale, linePath, stepPath } from "./scale.ts";

const room_px = 4;

/** Both lines of log-in success, small and without figures: those stand beside it. */
export function Sparkline({ view }: { readonly view: ChartView }) {
  const { ref, width, height } = useSize();
  const x = linearScale([view.from, view.to], [0, width]);
  const shares = [...view.candidate, ...view.stable, ...view.marks].map(({ share }) => share);
  const lowest = Math.min(0.99, ...shares);
  const y = linearScale([lowest, 1], [height - room_px * 2, room_px]);
  const place = ({ at, share }: { at: number; share: number }): [number, number] => [x(at), y(share)];
  return (
    <div ref={ref} className="h-full min-h-8 border-b border-grid">
      <svg width={width} height={height} aria-hidden className="block" fill="none" strokeLinejoin="round">
        <path d={linePath(view.stable.map(place))} strokeWidth={1.5} className="stroke-harbour" />
        <path
          d={view.kind === "marks" ? stepPath(view.marks.map(place)) : linePath(view.candidate.map(place))}
          strokeWidth={2}
          className="stroke-chart-new"
        />
      </svg>
    </div>
  );
}
