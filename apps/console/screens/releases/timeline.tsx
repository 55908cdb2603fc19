import type { Rollout, RolloutEvent } from "@mainstay/wire";
import { Card } from "../../parts/card.tsx";
import { none_sign, stageText } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { SideSwitch } from "./segments.tsx";

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
  called: "calls a person",
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
            <Cell isSoft>{event.reason ?? none_sign}</Cell>
          </Row>
        ))}
      </Table>
    </Card>
  );
}

type TimelineProps = { readonly rollout: Rollout; readonly onSegments: () => void };
