import { Link } from "@tanstack/react-router";
import type { Rollout } from "@mainstay/wire";
import { Badge } from "../../parts/badge.tsx";
import { spanText, Time } from "../../parts/time.tsx";
import { msOf } from "../../charts/chart-view.ts";
import { RolloutActions } from "./rollout-actions.tsx";
import type { RolloutButton } from "./rollout-buttons.ts";
import { State } from "./state.tsx";
import { all_platforms, healthBadge, platformsText, rolloutBadge, targetText } from "./words.ts";

const link = "money border-b border-line2 hover:border-current";

function Checks({ rollout: { version, checks, overridden } }: { readonly rollout: Rollout }) {
  if (checks === null) return <>Never checked. </>;
  return (
    <>
      Checks{" "}
      <Link to="/releases/$version/checks" params={{ version }} className={link}>
        {checks.green} of {checks.total}
      </Link>
      {overridden ? ", two people let it past the red ones" : ""}.{" "}
    </>
  );
}

function Target({ rollout }: { readonly rollout: Rollout }) {
  const target = targetText(rollout);
  if (target === null) return <>There is no version to roll back to.</>;
  const name = <span className="font-semibold text-ink">{target}</span>;
  if (rollout.state === "rolled-back") return <>Everybody is on {name} again.</>;
  return <>A rollback goes to {name}.</>;
}

/** A rollout's head: which version, how it stands, since when and by whom; its buttons at the right. */
export function RolloutHead({ rollout, buttons, onPress }: RolloutHeadProps) {
  const health = healthBadge(rollout.verdict, rollout.state);
  const { startedAt, endedAt, endedBy, reason } = rollout;
  const isByStaff = endedBy?.id.startsWith("staff_") === true;
  // What the guard says stands in the steps below.
  const isByGuard = endedBy !== null && !isByStaff;
  const isPartial = rollout.platforms.length < all_platforms.length;
  return (
    <div className="mb-3 flex shrink-0 items-center gap-4">
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <h1 className="money text-page">{rollout.version}</h1>
          <State of={rolloutBadge(rollout)} />
          {health && <State of={health} />}
          <Badge tone="outline">{rollout.loginProtocol}</Badge>
          {isPartial && <Badge tone="outline">{platformsText(rollout.platforms)}</Badge>}
        </div>
        <p className="mt-1 text-small text-ink-soft">
          Started <Time at={startedAt} form="clock" /> by {rollout.startedBy.name}.{" "}
          {endedAt === null ? (
            <Checks rollout={rollout} />
          ) : (
            <>
              Ran for {spanText(msOf(endedAt) - msOf(startedAt))}
              {isByStaff && `, ended by ${endedBy?.name}`}.{" "}
            </>
          )}
          <Target rollout={rollout} />
          {reason !== null && !isByGuard && <> “{reason}”</>}
        </p>
      </div>
      <RolloutActions buttons={buttons} onPress={onPress} />
    </div>
  );
}

type RolloutHeadProps = {
  readonly rollout: Rollout;
  readonly buttons: readonly RolloutButton[];
  readonly onPress: (button: RolloutButton) => void;
};
