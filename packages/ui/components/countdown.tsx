import type { ReactNode } from "react";

const radius = 71;

/**
 * A ring of 148 px that empties as time runs out, round what it is about. A sentence beside it says the same.
 */
export function Countdown({ left, children }: CountdownProps) {
  const share = Math.min(1, Math.max(0, left));
  return (
    <div className="relative inline-flex size-37 items-center justify-center">
      <svg viewBox="0 0 148 148" fill="none" className="absolute inset-0 -rotate-90" aria-hidden>
        <circle cx="74" cy="74" r={radius} className="stroke-track" strokeWidth="6" />
        {share > 0 && (
          <circle
            cx="74"
            cy="74"
            r={radius}
            className="stroke-lamp transition-[stroke-dashoffset] duration-250 ease-linear"
            strokeWidth="6"
            strokeLinecap="round"
            pathLength="1"
            strokeDasharray="1"
            strokeDashoffset={1 - share}
          />
        )}
      </svg>
      {children}
    </div>
  );
}

/** What `Countdown` takes. */
export type CountdownProps = {
  /** The share of the time that is left, 1 to 0. */
  readonly left: number;
  readonly children: ReactNode;
};
