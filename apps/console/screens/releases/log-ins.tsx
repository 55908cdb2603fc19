import { useQuery } from "@tanstack/react-query";
import { classNames } from "@mainstay/ui";
import type { Rollout } from "@mainstay/wire";
import { Check, X } from "lucide-react";
import { logInsQuery, type LogInsAsked } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { none_sign } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { Nothing, RowsToCome } from "../page.tsx";
import { segmentName, systemName, wayName } from "./segment-words.ts";

/** The most log-ins that the server tells at once. */
const told_max = 200;

/** The log-ins behind a figure, newest first: which installation, how, and how it went. */
export function LogIns({ rollout, asked, onClose }: LogInsProps) {
  const query = useQuery(logInsQuery(rollout.id, asked));
  const logIns = query.data ?? [];
  const which = asked.outcome === "failed" ? "Failed log-ins" : "Log-ins";
  return (
    <Dialog
      title={`${which} on ${rollout.version}`}
      note={segmentName(asked.segment)}
      width={720}
      onClose={onClose}
      foot={
        <>
          <span className="mr-auto self-center text-small text-ink-soft">
            {logIns.length === told_max ? `The latest ${told_max}` : `${logIns.length}, newest first`}
          </span>
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      {query.isPending && <RowsToCome rows={4} />}
      {query.isError && <Nothing title="They can’t be shown">{sentenceOf(query.error)}</Nothing>}
      {query.isSuccess && logIns.length === 0 && (
        <Nothing title="None is kept one by one">
          Counts stay; what single installations did goes in time.
        </Nothing>
      )}
      {logIns.length > 0 && (
        <Table label={which} columns={["When", "Installation", "System", "Way", "Visit", "How it went"]}>
          {logIns.map(({ installation, endedAt, os, way, visit, succeeded, reason }) => (
            <Row key={`${installation} ${visit}`} density="dense">
              <Cell isNumeric isSoft>
                <Time at={endedAt} form="second" />
              </Cell>
              <Cell isTight>
                <span title={installation}>ins_…{installation.slice(-5)}</span>
              </Cell>
              <Cell isTight>{systemName(os)}</Cell>
              <Cell isSoft isTight>
                {way === null ? none_sign : wayName(way)}
              </Cell>
              <Cell isSoft isTight>
                {visit}
              </Cell>
              <Cell>
                <span
                  className={classNames("flex items-center gap-1.5", succeeded ? "text-good" : "text-danger")}
                >
                  {succeeded ? (
                    <Check size={14} strokeWidth={1.9} aria-hidden />
                  ) : (
                    <X size={14} strokeWidth={1.9} aria-hidden />
                  )}
                  {succeeded ? "in" : (reason ?? "failed")}
                </span>
              </Cell>
            </Row>
          ))}
        </Table>
      )}
    </Dialog>
  );
}

type LogInsProps = {
  readonly rollout: Pick<Rollout, "id" | "version">;
  readonly asked: LogInsAsked;
  readonly onClose: () => void;
};
