import { Link } from "@tanstack/react-router";
import type { Cause, Incident } from "@mainstay/wire";
import type { ReactNode } from "react";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { countText, none_sign } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { systemName } from "../releases/segment-words.ts";
import { platformName } from "../releases/words.ts";

/** The most changed files that are named one by one. */
const files_max = 12;

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 text-head">{title}</h3>
      {children}
    </section>
  );
}

function Cells({ cells }: { readonly cells: Cause["cells"] }) {
  return (
    <div className="flex max-h-[240px] flex-col overflow-hidden rounded-control border border-line">
      <Table
        label="Failed log-ins by version, system, protocol and reason"
        columns={[
          "Version",
          "System",
          "Protocol",
          "Reason",
          { name: "Failed", isNumeric: true },
          { name: "Got in", isNumeric: true },
        ]}
      >
        {cells.map((cell, index) => (
          <Row key={index} density="dense">
            <Cell isNumeric>{cell.version}</Cell>
            <Cell isTight>
              {platformName(cell.platform)}, {systemName(cell.os)}
            </Cell>
            <Cell isTight isSoft>
              {cell.protocol ?? none_sign}
            </Cell>
            <Cell>{cell.reason}</Cell>
            <Cell isRight>
              <span className="font-semibold text-danger">{countText(cell.failed)}</span>
            </Cell>
            <Cell isRight>{countText(cell.succeeded)}</Cell>
          </Row>
        ))}
      </Table>
    </div>
  );
}

function Difference({ of }: { readonly of: NonNullable<Cause["difference"]> }) {
  const files = [
    ...of.changed.map((path) => [path, "changed"] as const),
    ...of.added.map((path) => [path, "added"] as const),
    ...of.removed.map((path) => [path, "removed"] as const),
  ];
  const more = files.length - files_max;
  return (
    <>
      <p className="money text-ink-soft">
        {of.loginProtocol.from === of.loginProtocol.to
          ? `Both speak ${of.loginProtocol.to}.`
          : `${of.from} speaks ${of.loginProtocol.from}, ${of.to} speaks ${of.loginProtocol.to}.`}{" "}
        {countText(of.changed.length)} files changed, {countText(of.added.length)} added,{" "}
        {countText(of.removed.length)} removed.
      </p>
      <ul className="mt-1 grid grid-cols-2 gap-x-4 gap-y-0.5 text-small">
        {files.slice(0, files_max).map(([path, how]) => (
          <li key={`${how} ${path}`} className="flex justify-between gap-2">
            <span className="truncate" title={path}>
              {path}
            </span>
            <span className="text-ink-soft">{how}</span>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="mt-1 text-small text-ink-soft">and {countText(more)} more</p>}
    </>
  );
}

/** What a machine makes of the record: where it failed, what had changed, which check was red. */
export function CauseDialog({
  incident,
  onClose,
}: {
  readonly incident: Incident;
  readonly onClose: () => void;
}) {
  const { cells, narrowed, difference, redChecks, override } = incident.cause;
  return (
    <Dialog
      title="Where it fails"
      note="from the record"
      width={760}
      onClose={onClose}
      foot={<Button onClick={onClose}>Close</Button>}
    >
      <p className={narrowed === null ? "text-ink-soft" : "font-semibold"}>
        {narrowed ?? "The failures have no version, system and reason in common that others don’t have too."}
      </p>
      {cells.length > 0 && <Cells cells={cells} />}
      {difference !== null && (
        <Part title={`What ${difference.to} changed against ${difference.from}`}>
          <Difference of={difference} />
        </Part>
      )}
      <Part title="Its checks">
        {redChecks.length === 0 && <p className="text-ink-soft">None was red.</p>}
        <ul className="flex flex-col gap-0.5">
          {redChecks.map(({ journey, server, sentence }) => (
            <li key={`${journey} ${server}`}>
              <span className="font-semibold text-danger">{journey}</span> on {server}: {sentence}
            </li>
          ))}
        </ul>
        {override !== null && (
          <p className="mt-1 rounded-control bg-lamp-tint px-3 py-2 text-small text-lamp-ink">
            {override.first.name} and {override.second.name} let it past: “{override.reason}”
          </p>
        )}
      </Part>
      {incident.rollouts.length > 0 && (
        <Part title="Rollouts">
          <p className="flex flex-wrap gap-x-4">
            {incident.rollouts.map((id, index) => (
              <Link
                key={id}
                to="/rollouts/$id"
                params={{ id }}
                className="border-b border-line2 hover:border-current"
              >
                {incident.rollouts.length === 1 ? "Its rollout" : `Rollout ${index + 1}`}
              </Link>
            ))}
          </p>
        </Part>
      )}
    </Dialog>
  );
}
