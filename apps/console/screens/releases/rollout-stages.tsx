import { classNames } from "@mainstay/ui";
import type { Rollout } from "@mainstay/wire";
import { RollbackTrail } from "./rollback-trail.tsx";
import { NextStep } from "./rollout-next.tsx";
import { StageTrack } from "./stage-track.tsx";
import { targetText } from "./words.ts";

/** The stages, and beside them what the next step waits for; after a rollback, above them what happened. */
export function StagesCard({ rollout, now }: { readonly rollout: Rollout; readonly now: Date }) {
  const isBack = rollout.state === "rolled-back";
  const hasNext = !isBack && (rollout.next !== null || rollout.attention !== null);
  return (
    <section
      aria-label="Progress"
      className={classNames(
        "mb-3 shrink-0 overflow-hidden rounded-panel border bg-surface shadow-card",
        isBack ? "border-danger/60" : "border-line",
      )}
    >
      {isBack && (
        <div className="border-b border-line">
          <RollbackTrail rollout={rollout} />
        </div>
      )}
      <div className={classNames("flex", isBack && "bg-table-head")}>
        <StageTrack
          stages={rollout.stages}
          now={now}
          isLong
          target={targetText(rollout)}
          className="min-w-0 flex-1 self-center px-4 py-3"
        />
        {hasNext && <NextStep rollout={rollout} now={now} />}
      </div>
    </section>
  );
}
