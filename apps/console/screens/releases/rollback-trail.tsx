import { useQuery } from "@tanstack/react-query";
import { classNames } from "@mainstay/ui";
import type { Rollout } from "@mainstay/wire";
import { seriesQuery } from "../../api/releases.ts";
import { Time } from "../../parts/time.tsx";
import { rollbackSteps } from "./rollback-steps.ts";

/** A rollback step by step. Here milliseconds decide the order, so they are shown. */
export function RollbackTrail({ rollout }: { readonly rollout: Rollout }) {
  const series = useQuery(seriesQuery(rollout.id, "all"));
  const steps = rollbackSteps(rollout, series.data?.marks ?? []);
  return (
    <ol aria-label="What happened" className="grid auto-cols-fr grid-flow-col gap-2 px-4 py-3">
      {steps.map(({ at, icon: Glyph, title, text }, index) => (
        <li key={title} className="min-w-0">
          <div className="flex items-center gap-2">
            <span
              aria-hidden
              className={classNames(
                "flex size-[18px] shrink-0 items-center justify-center rounded-full",
                "bg-danger-tint text-danger",
              )}
            >
              <Glyph size={12} strokeWidth={2.1} />
            </span>
            <span className="text-ink-soft">
              <Time at={at} form="exact" />
            </span>
            {index < steps.length - 1 && <span aria-hidden className="h-px flex-1 bg-line2" />}
          </div>
          <div className="money mt-1.5 truncate font-semibold">{title}</div>
          <div className="money truncate text-small text-ink-soft">{text}</div>
        </li>
      ))}
    </ol>
  );
}
