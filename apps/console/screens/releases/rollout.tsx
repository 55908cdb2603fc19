import { classNames } from "@mainstay/ui";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Platform, Rollout, RolloutSeries } from "@mainstay/wire";
import { useMemo, useState } from "react";
import { releasesQuery, rolloutQuery, seriesQuery, type LogInsAsked } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { useChanges } from "../../api/stream.ts";
import { chartView, msOf } from "../../charts/chart-view.ts";
import { RolloutCharts, windowText } from "../../charts/rollout-charts.tsx";
import { Card } from "../../parts/card.tsx";
import { Segmented } from "../../parts/choice.tsx";
import { countText, figureText } from "../../parts/numbers.ts";
import { isToday, timeText, useNow } from "../../parts/time.tsx";
import { usePageFacts } from "../../shell/page-facts.ts";
import { usePageKeys, type PageKey } from "../../shell/page-keys.ts";
import { Nothing, RowsToCome } from "../page.tsx";
import { FailedLogIns } from "./failures.tsx";
import { LogIns } from "./log-ins.tsx";
import { rolloutButtons, type RolloutButton } from "./rollout-buttons.ts";
import { ConfirmCommand } from "./rollout-confirm.tsx";
import { RolloutHead } from "./rollout-head.tsx";
import { StagesCard } from "./rollout-stages.tsx";
import { segmentOrder, Segments } from "./segments.tsx";
import { Timeline } from "./timeline.tsx";
import { platformName, targetText } from "./words.ts";

type Filter = Platform | "all";
type Side = "segments" | "timeline";

function ChartsCard({ rollout, series, filter, onFilter, now }: ChartsCardProps) {
  const view = useMemo(
    () =>
      chartView(series, {
        startedAt: msOf(rollout.startedAt),
        until: rollout.endedAt === null ? now.getTime() : msOf(rollout.endedAt),
        rolledBackAt:
          rollout.state === "rolled-back" && rollout.endedAt !== null ? msOf(rollout.endedAt) : null,
      }),
    [series, rollout.startedAt, rollout.endedAt, rollout.state, now],
  );
  const { version, platforms } = rollout;
  const target = targetText(rollout);
  const options: { value: Filter; name: string }[] = [
    { value: "all", name: "All" },
    ...platforms.map((platform) => ({ value: platform, name: platformName(platform) })),
  ];
  const what =
    view.kind === "rates"
      ? `${windowText(view.window_ms)}, band: 95 % interval`
      : `${version} since its start, each log-in a mark`;
  const peak = view.peak !== null && view.kind === "rates";
  return (
    <Card className="min-w-0">
      <RolloutCharts
        view={view}
        names={{ version, stableName: target === null ? "stable" : `${target} stable` }}
        successHead={
          <div className="flex min-h-11 shrink-0 items-center gap-2 px-4 pt-1.5">
            <h2 className="text-head whitespace-nowrap">Log-in success</h2>
            <span className="truncate text-small text-ink-soft">{what}</span>
            {platforms.length > 1 && (
              <div className="ml-auto shrink-0">
                <Segmented label="Platform" options={options} value={filter} onChange={onFilter} />
              </div>
            )}
          </div>
        }
        proofHead={
          <div className="flex min-h-10 shrink-0 items-center gap-2 border-t border-line px-4">
            <h2 className="text-head whitespace-nowrap">Evidence that {version} is worse</h2>
            <span className="money truncate text-small text-ink-soft">
              log e-value; over {figureText(view.threshold, 1)} rolls back
            </span>
            <span className="money ml-auto shrink-0 text-small text-ink-soft">
              {peak && view.peak !== null
                ? `peak ${figureText(view.peak.value, 2)} at ${timeText(view.peak.at, "clock")}`
                : `a false alarm: at most 1 in ${countText(Number(Math.exp(view.threshold).toPrecision(3)))}`}
            </span>
          </div>
        }
      />
    </Card>
  );
}

type ChartsCardProps = {
  readonly rollout: Rollout;
  readonly series: RolloutSeries;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly now: Date;
};

/** The page's keys: the buttons that are on, the segments, and what stands at the right. */
function useRolloutKeys(deps: {
  readonly rollout: Rollout | undefined;
  readonly buttons: readonly RolloutButton[];
  readonly press: (button: RolloutButton) => void;
  readonly chosen: string | null;
  readonly choose: (segment: string) => void;
  readonly open: (asked: LogInsAsked) => void;
  readonly setSide: (side: Side) => void;
}): void {
  const { rollout, buttons, press, chosen, choose, open, setSide } = deps;
  const keys = useMemo<readonly PageKey[]>(() => {
    const order = rollout === undefined ? [] : segmentOrder(rollout);
    const step = (by: number) => () => {
      setSide("segments");
      const next = order[Math.min(Math.max(order.indexOf(chosen ?? "") + by, 0), order.length - 1)];
      if (next !== undefined) choose(next);
    };
    const actions = buttons
      .filter(({ why }) => why === null)
      .toReversed()
      .map((button) => ({ name: button.name.toLowerCase(), keys: { [button.keys]: () => press(button) } }));
    return [
      ...actions,
      { name: "segments", keys: { j: step(1), k: step(-1) } },
      ...(chosen === null
        ? []
        : [{ name: "log-ins behind it", keys: { Enter: () => open({ segment: chosen, outcome: null }) } }]),
      { name: "timeline", keys: { t: () => setSide("timeline") } },
    ];
  }, [rollout, buttons, press, chosen, choose, open, setSide]);
  usePageKeys(keys);
}

const no_buttons: readonly RolloutButton[] = [];

/** A rollout: its stages, how log-ins do on the new version, the evidence, and the buttons. */
export function RolloutPage() {
  const { id } = useParams({ from: "/frame/rollouts/$id" });
  const query = useQuery(rolloutQuery(id));
  const releases = useQuery(releasesQuery);
  const rollout = query.data;
  const now = useNow(5_000);
  const [pressed, setPressed] = useState<RolloutButton | null>(null);
  const [side, setSide] = useState<Side>("segments");
  const [asked, setAsked] = useState<LogInsAsked | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const buttons = useMemo(() => (rollout === undefined ? no_buttons : rolloutButtons(rollout)), [rollout]);
  useRolloutKeys({
    ...{ rollout, buttons, chosen, setSide },
    press: setPressed,
    choose: setChosen,
    open: setAsked,
  });
  useChanges(`/api/rollouts/${id}/events-stream`, [["rollouts", id], ["releases"], ["approvals"]]);
  const version = rollout?.version;
  usePageFacts(
    [
      { name: "Releases", to: "/releases" },
      ...(version === undefined ? [] : [{ name: version, to: `/releases/${version}` }]),
      { name: "Rollout", to: null },
    ],
    releases.data?.lastSignalAt ?? null,
  );
  if (rollout === undefined) {
    return (
      <Card className="flex-1">
        {query.isError ? (
          <Nothing title="This rollout can’t be shown">{sentenceOf(query.error)}</Nothing>
        ) : (
          <RowsToCome rows={8} />
        )}
      </Card>
    );
  }
  return (
    <>
      <RolloutHead rollout={rollout} buttons={buttons} onPress={setPressed} />
      <StagesCard rollout={rollout} now={now} />
      <Figures
        rollout={rollout}
        now={now}
        side={side}
        onSide={setSide}
        chosen={chosen}
        onChoose={setChosen}
        onOpen={setAsked}
      />
      {asked && <LogIns rollout={rollout} asked={asked} onClose={() => setAsked(null)} />}
      {pressed && <ConfirmCommand rollout={rollout} button={pressed} onClose={() => setPressed(null)} />}
    </>
  );
}

function Figures({ rollout, now, side, onSide, chosen, onChoose, onOpen }: FiguresProps) {
  const [filter, setFilter] = useState<Filter>("all");
  const series = useQuery(seriesQuery(rollout.id, filter));
  const target = targetText(rollout) ?? "stable";
  const since = timeText(rollout.startedAt, isToday(rollout.startedAt, now) ? "clock" : "weekday");
  const note =
    rollout.state === "rolled-back"
      ? `with log-ins on ${rollout.version}`
      : `${rollout.version} against ${target}, since ${since}`;
  return (
    <div
      className={classNames(
        "grid min-h-0 flex-1 grid-cols-[minmax(0,623fr)_minmax(0,549fr)]",
        "grid-rows-[minmax(0,1fr)] gap-3",
      )}
    >
      {series.data ? (
        <ChartsCard rollout={rollout} series={series.data} filter={filter} onFilter={setFilter} now={now} />
      ) : (
        <Card>
          {series.isError ? (
            <Nothing title="Its log-ins can’t be shown">{sentenceOf(series.error)}</Nothing>
          ) : (
            <RowsToCome rows={6} />
          )}
        </Card>
      )}
      <div className="flex min-h-0 flex-col gap-3">
        {rollout.state === "rolled-back" && series.data && (
          <FailedLogIns rollout={rollout} series={series.data} />
        )}
        {side === "segments" ? (
          <Segments
            rollout={rollout}
            note={note}
            chosen={chosen}
            onChoose={onChoose}
            onOpen={onOpen}
            onTimeline={() => onSide("timeline")}
          />
        ) : (
          <Timeline rollout={rollout} onSegments={() => onSide("segments")} />
        )}
      </div>
    </div>
  );
}

type FiguresProps = {
  readonly rollout: Rollout;
  readonly now: Date;
  readonly side: Side;
  readonly onSide: (side: Side) => void;
  readonly chosen: string | null;
  readonly onChoose: (segment: string) => void;
  readonly onOpen: (asked: LogInsAsked) => void;
};
