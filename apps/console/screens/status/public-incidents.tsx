import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ConsoleStatus } from "@mainstay/wire";
import { useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { sentenceOf } from "../../api/request.ts";
import { putUpdate } from "../../api/status.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, Trouble } from "../../parts/field.tsx";
import { Scrolled } from "../../parts/scrolled.tsx";
import { Time } from "../../parts/time.tsx";
import { Nothing } from "../page.tsx";
import { State } from "../releases/state.tsx";
import { publicBadge } from "./status-words.ts";

type Told = ConsoleStatus["incidents"][number];
type Update = Told["updates"][number];

/** What is being written: an update's text amended, or one more of an incident. */
type Writing = { readonly incident: Told; readonly update: Update | null };

function Incident({ told, mayChange, onWrite }: IncidentProps) {
  return (
    <li className="border-b border-line px-4 py-3 last:border-b-0">
      <div className="flex items-center gap-2">
        <Link
          to="/incidents/$id"
          params={{ id: told.incident }}
          className="money text-ink-soft hover:text-ink hover:underline"
        >
          {told.number}
        </Link>
        <span className="min-w-0 truncate font-semibold">{told.title}</span>
        <State of={publicBadge(told.state)} />
        {mayChange && told.state !== "works-again" && (
          <button
            type="button"
            onClick={() => onWrite({ incident: told, update: null })}
            className="ml-auto font-semibold text-harbour hover:underline"
          >
            One more update…
          </button>
        )}
      </div>
      <ol className="mt-1.5 flex flex-col gap-1">
        {told.updates.map((update) => (
          <li key={update.id} className="grid grid-cols-[120px_1fr_auto_auto] items-baseline gap-x-3">
            <span className="font-medium">{publicBadge(update.state).text}</span>
            <span className="break-words">
              {update.text}
              {update.amendedBy !== null && (
                <span className="text-small text-ink-soft"> (amended by {update.amendedBy.name})</span>
              )}
            </span>
            <span className="text-small text-ink-soft">
              <Time at={update.at} form="weekday" />
            </span>
            {mayChange && (
              <button
                type="button"
                onClick={() => onWrite({ incident: told, update })}
                className="text-small font-semibold text-harbour hover:underline"
              >
                Amend
              </button>
            )}
          </li>
        ))}
      </ol>
    </li>
  );
}

type IncidentProps = {
  readonly told: Told;
  readonly mayChange: boolean;
  readonly onWrite: (writing: Writing) => void;
};

/** The incidents that the public reads of, with every update; each text can be amended. */
export function PublicIncidents({ status, mayChange }: PublicIncidentsProps) {
  const [writing, setWriting] = useState<Writing | null>(null);
  return (
    <Card
      title="What the public reads"
      note="written from the record; words can be amended"
      className="min-h-0 flex-1"
    >
      {status.incidents.length === 0 ? (
        <Nothing title="No incident is told of">
          An incident that touches a service appears here and on the public page by itself.
        </Nothing>
      ) : (
        <Scrolled label="Public incidents">
          <ul>
            {status.incidents.map((told) => (
              <Incident key={told.incident} {...{ told, mayChange }} onWrite={setWriting} />
            ))}
          </ul>
        </Scrolled>
      )}
      {writing !== null && <Write writing={writing} onClose={() => setWriting(null)} />}
    </Card>
  );
}

type PublicIncidentsProps = { readonly status: ConsoleStatus; readonly mayChange: boolean };

function Write({ writing, onClose }: { readonly writing: Writing; readonly onClose: () => void }) {
  const { incident, update } = writing;
  const [text, setText] = useState(update?.text ?? "");
  const words = text.trim();
  const client = useQueryClient();
  const commandId = useCommandId(incident.incident, update?.id ?? null, words);
  const sending = useMutation({
    mutationFn: () => putUpdate(incident.incident, update?.id ?? null, { commandId, text: words }),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ["status"] }),
  });
  return (
    <Dialog
      title={update === null ? "One more update" : "Amend the update"}
      note={`${incident.number}, public`}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="primary"
            disabled={words.length < 5 || words === update?.text}
            busy={sending.isPending}
            onClick={() => sending.mutate()}
          >
            Tell the public
          </Button>
        </>
      }
    >
      <TextArea
        label="Plain words, no names, no customer’s data"
        rows={4}
        maxLength={500}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}
