import type { Rollout, RolloutSeries } from "@mainstay/wire";
import { Hash } from "lucide-react";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { countText, none_sign } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { systemName, wayName } from "./segment-words.ts";

type LogIn = RolloutSeries["marks"][number];

/** The reason that most of them failed for, and how many did; null where none says why. */
function mainReason(failed: readonly LogIn[]): string | null {
  const counts = new Map<string, number>();
  for (const { reason } of failed) if (reason !== null) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const [first] = [...counts].toSorted(([, left], [, right]) => right - left);
  return first === undefined ? null : `${first[0]}, ${first[1]} of ${failed.length}`;
}

/** Log-ins that failed on the new version, one by one, while there are few enough to be told so. */
export function FailedLogIns({ rollout, series }: FailedLogInsProps) {
  const failed = series.marks
    .map((mark, index) => ({ ...mark, number: index + 1 }))
    .filter(({ succeeded }) => !succeeded);
  const reason = mainReason(failed);
  return (
    <Card
      title="Failed log-ins"
      note={`${countText(failed.length)} of ${countText(series.marks.length)} on ${rollout.version}`}
      aside={reason === null ? undefined : <Badge icon={Hash}>{reason}</Badge>}
      className="max-h-[45%] shrink-0"
    >
      {failed.length === 0 ? (
        <p className="px-4 py-3 text-ink-soft">None is told one by one: the segments have the counts.</p>
      ) : (
        <Table
          label="Failed log-ins"
          columns={["Log-in", "System", "Way", { name: "When", isNumeric: true }]}
        >
          {failed.slice(0, failed_shown_max).map(({ at, number, os, way }) => (
            <Row key={number} density="dense">
              <Cell isNumeric>
                No. {number} of {series.marks.length}
              </Cell>
              <Cell isTight>{systemName(os)}</Cell>
              <Cell isSoft isTight>
                {way === null ? none_sign : wayName(way)}
              </Cell>
              <Cell isRight>
                <Time at={at} form="exact" />
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
