import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Platform, Releases, RolloutSummary } from "@mainstay/wire";
import { ArrowRight } from "lucide-react";
import { useMemo } from "react";
import { seriesQuery } from "../../api/releases.ts";
import { chartView, msOf } from "../../charts/chart-view.ts";
import { rate_attempts_min, type Tally } from "../../charts/rates.ts";
import { Sparkline } from "../../charts/sparkline.tsx";
import { Card } from "../../parts/card.tsx";
import { countText, figureText, none_sign, peopleText, percentText, stageText } from "../../parts/numbers.ts";
import { timeText } from "../../parts/time.tsx";
import { StageTrack } from "./stage-track.tsx";
import { State } from "./state.tsx";
import {
  all_platforms,
  healthBadge,
  isAtItsEnd,
  listText,
  platformsText,
  rolloutBadge,
  targetText,
} from "./words.ts";

const day_ms = 24 * 60 * 60_000;

/** What happens next to a rollout, in a few words; empty where nothing does by itself. */
export function nextText(rollout: RolloutSummary, now: Date): string {
  const { next, attention } = rollout;
  if (attention !== null) return attention;
  if (isAtItsEnd(rollout)) return "stops here, let past its checks";
  if (next === null) return "";
  const goal = next.share === null ? "is over" : `goes to ${stageText(next.share * 100)}`;
  if (next.by !== "itself")
    return `${goal} when ${next.by === "two-people" ? "two people say" : "a person says"} so`;
  if (next.timePassed) return `${goal} once shown no worse`;
  const isSoon = msOf(next.at) - now.getTime() < day_ms;
  return `${goal} at ${timeText(next.at, isSoon ? "clock" : "weekday")}`;
}

function Figure({ value, name, tone = "text-ink" }: FigureProps) {
  return (
    <div>
      <div className={`money text-number ${tone}`}>{value}</div>
      <div className="text-small text-ink-soft">{name}</div>
    </div>
  );
}

type FigureProps = { readonly value: string; readonly name: string; readonly tone?: string };

/** A share of successes, or a count of them while they are too few for a share. */
function successText({ n, failed }: Tally): string {
  if (n === 0) return none_sign;
  if (n < rate_attempts_min) return `${countText(n - failed)} of ${countText(n)}`;
  return percentText((n - failed) / n, 2);
}

function Figures({ rollout, now }: { readonly rollout: RolloutSummary; readonly now: Date }) {
  const series = useQuery(seriesQuery(rollout.id, "all"));
  const view = useMemo(
    () =>
      series.data &&
      chartView(series.data, {
        startedAt: msOf(rollout.startedAt),
        until: rollout.endedAt === null ? now.getTime() : msOf(rollout.endedAt),
        rolledBackAt: null,
      }),
    [series.data, rollout, now],
  );
  const { verdict } = rollout;
  const empty: Tally = { n: 0, failed: 0 };
  const target = targetText(rollout);
  return (
    <div className="flex items-end gap-6">
      <Figure
        value={successText(verdict?.candidate ?? empty)}
        name={`log in on ${rollout.version}`}
        tone="text-lamp-ink"
      />
      <Figure
        value={successText(verdict?.stable ?? empty)}
        name={target === null ? "on stable" : `on ${target}`}
        tone="text-harbour"
      />
      <Figure
        value={verdict === null ? none_sign : figureText(verdict.logEvidence, 2)}
        name={verdict === null ? "evidence" : `evidence, of ${figureText(verdict.threshold, 1)}`}
      />
      <div className="ml-auto h-14 w-[40%] min-w-[160px]">{view && <Sparkline view={view} />}</div>
    </div>
  );
}

function Active({ rollout, now, isOnly }: ActiveProps) {
  const health = healthBadge(rollout.verdict, rollout.state);
  const platforms = rollout.platforms.length < all_platforms.length ? platformsText(rollout.platforms) : null;
  return (
    <section aria-label={`Rollout of ${rollout.version}`}>
      <Link
        to="/rollouts/$id"
        params={{ id: rollout.id }}
        className="flex min-h-10 items-center gap-2 border-b border-line px-4 hover:bg-hover"
      >
        <span className="text-head">{rollout.version}</span>
        <State of={rolloutBadge(rollout)} />
        {health && <State of={health} />}
        {platforms !== null && (
          <span className="text-small whitespace-nowrap text-ink-soft">{platforms}</span>
        )}
        <span className="money ml-auto truncate pl-2 text-small text-ink-soft">
          {[peopleText(rollout.people), nextText(rollout, now)].filter(Boolean).join(", ")}
        </span>
        <ArrowRight size={15} strokeWidth={1.9} aria-hidden className="shrink-0 text-ink-soft" />
      </Link>
      <div className="flex flex-col gap-4 px-4 py-3">
        <StageTrack stages={rollout.stages} now={now} />
        {isOnly && <Figures rollout={rollout} now={now} />}
      </div>
    </section>
  );
}

type ActiveProps = {
  readonly rollout: RolloutSummary;
  readonly now: Date;
  /** Alone it has room for its figures. */
  readonly isOnly: boolean;
};

function stableText({ platforms }: Releases): string {
  const versions = new Map<string, Platform[]>();
  for (const platform of all_platforms) {
    const { stable } = platforms[platform];
    if (stable !== null) versions.set(stable, [...(versions.get(stable) ?? []), platform]);
  }
  if (versions.size === 0) return "No version is stable on any platform yet.";
  return `${listText([...versions].map(([version, on]) => `${version} is stable on ${platformsText(on)}`))}.`;
}

/** What is being rolled out now; where nothing is, what everybody is on. */
export function ActiveRollouts({ releases, rollouts, now }: ActiveRolloutsProps) {
  return (
    <Card className="min-w-0">
      {rollouts.length === 0 ? (
        <div className="flex flex-1 flex-col justify-center gap-1 px-4 py-8">
          <p className="text-head">Nothing is being rolled out</p>
          <p className="text-ink-soft">{stableText(releases)}</p>
        </div>
      ) : (
        <div className="flex flex-col divide-y divide-line">
          {rollouts.map((rollout) => (
            <Active key={rollout.id} rollout={rollout} now={now} isOnly={rollouts.length === 1} />
          ))}
        </div>
      )}
    </Card>
  );
}

type ActiveRolloutsProps = {
  readonly releases: Releases;
  readonly rollouts: readonly RolloutSummary[];
  readonly now: Date;
};
