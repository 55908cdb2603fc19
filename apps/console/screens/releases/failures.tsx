import type { Rollout, RolloutEvent, RolloutSeries } from "@mainstay/wire";
import { Card } from "../../parts/card.tsx";
import { countText, stageText } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { SideSwitch } from "./segments.tsx";

/** Log-ins that failed on the new version, one by one, while there are few enough to be told so. */
export function FailedLogIns({ rollout, series }: FailedLogInsProps) {
  const failed = series.marks
    .map((mark, index) => ({ ...mark, number: index + 1 }))
    .filter(({ succeeded }) => !succeeded);
  const total = rollout.verdict?.candidate;
  const shown = failed.slice(0, failed_shown_max);
  return (
    <Card
      title="Failed log-ins"
      note={
        total === undefined
          ? `on ${rollout.version}`
          : `${countText(total.failed)} of ${countText(total.n)} on ${rollout.version}`
      }
      className="max-h-[45%] shrink-0"
    >
      {shown.length === 0 ? (
        <p className="px-4 py-3 text-ink-soft">None is told one by one: the segments have the counts.</p>
      ) : (
        <Table
          label="Failed log-ins"
          columns={[
            "Log-in",
            { name: "When", isNumeric: true },
            { name: "Since the start", isNumeric: true },
          ]}
        >
          {shown.map(({ at, number }) => (
            <Row key={number} density="dense">
              <Cell isNumeric>
                No. {number} of {series.marks.length}
              </Cell>
              <Cell isRight>
                <Time at={at} form="exact" />
              </Cell>
              <Cell isRight isSoft>
                {((new Date(at).getTime() - new Date(rollout.startedAt).getTime()) / 1_000).toFixed(1)} s
              </Cell>
            </Row>
          ))}
        </Table>
      )}
    </Card>
  );
}

const failed_shown_max = 30;

type FailedLogInsProps = {
  readonly rollout: Rollout;
  readonly series: Pick<RolloutSeries, "marks">;
};

const event_texts: Readonly<Record<RolloutEvent["kind"], string>> = {
  started: "started",
  advanced: "advanced",
  paused: "paused",
  resumed: "went on",
  held: "held",
  "hold-ended": "hold ended",
  asked: "asks a person",
  "second-person-asked": "asked for a second person",
  declined: "declined",
  finishing: "finishing",
  finished: "finished",
  alarm: "alarm",
  "rolled-back": "rolled back",
  "failures-lifted": "failed tries forgotten",
  "first-failure": "first failed log-in",
  "last-switched": "last open device switched",
};

const staged: readonly RolloutEvent["kind"][] = ["started", "advanced", "paused", "resumed", "held"];

function eventText({ kind, share }: RolloutEvent): string {
  const at = share === null || !staged.includes(kind) ? "" : ` at ${stageText(share * 100)}`;
  return `${event_texts[kind]}${at}`;
}

/** The rollout's timeline, newest first. */
export function Timeline({ rollout, onSegments }: TimelineProps) {
  return (
    <Card
      title="Timeline"
      note="newest first"
      aside={<SideSwitch name="Segments" keys="j" onPress={onSegments} />}
      className="min-h-0 flex-1"
    >
      <Table label="Timeline, newest first" columns={["When", "What", "Who", "Why"]}>
        {rollout.events.toReversed().map((event, index) => (
          <Row key={`${event.at} ${event.kind} ${index}`} density="dense">
            <Cell isSoft isTight>
              <Time at={event.at} form="weekday" />
            </Cell>
            <Cell>
              <span className="font-medium">{eventText(event)}</span>
            </Cell>
            <Cell isTight isSoft>
              {event.by.name}
            </Cell>
            <Cell isSoft>{event.reason ?? "–"}</Cell>
          </Row>
        ))}
      </Table>
    </Card>
  );
}

type TimelineProps = { readonly rollout: Rollout; readonly onSegments: () => void };
