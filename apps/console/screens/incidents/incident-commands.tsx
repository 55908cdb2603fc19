import { useQuery } from "@tanstack/react-query";
import type { Incident, IncidentState, Message } from "@mainstay/wire";
import { CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { changeIncident, incidentsQuery, mergeIncident } from "../../api/incidents.ts";
import { sentenceOf } from "../../api/request.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, TextField, Trouble } from "../../parts/field.tsx";
import { Select } from "../../parts/select.tsx";
import { beforeAllClear, isOpenIncident, state_texts } from "./words.ts";
import { useIncidentChange } from "./use-incident-change.ts";

const reason_length_max = 500;
const title_length = { min: 5, max: 140 };
const stale_text = "The incident has changed since you opened this. Close it and look again.";

/** Says once more what is still open, then gives the all clear. */
export function AllClear({ incident: current, messages, onClose }: AllClearProps) {
  // What was asked is what is done: the page under it goes on changing.
  const [incident] = useState(current);
  const [reason, setReason] = useState("");
  const words = reason.trim();
  const commandId = useCommandId(incident.id, "resolved", words);
  const sending = useIncidentChange(
    () =>
      changeIncident(incident.id, {
        commandId,
        expectedState: incident.state,
        state: "resolved",
        ...(words === "" ? {} : { reason: words }),
      }),
    onClose,
  );
  const open = beforeAllClear(current, messages);
  const isStale = incident.state !== current.state && !sending.isPending;
  return (
    <Dialog
      title={`All clear for ${incident.number}?`}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Not yet</Button>
          <Button
            look="primary"
            busy={sending.isPending}
            disabled={isStale || (words !== "" && words.length < 3)}
            icon={<CircleCheck size={15} strokeWidth={1.9} aria-hidden />}
            onClick={() => sending.mutate()}
          >
            All clear
          </Button>
        </>
      }
    >
      <p className="text-ink-soft">
        The incident ends: the public page says that it works again, and whoever fails from now on isn’t
        counted here. Late signals of before still are.
      </p>
      {open.length > 0 && (
        <ul className="flex flex-col gap-1 rounded-control bg-lamp-tint px-3 py-2 text-small text-lamp-ink">
          {open.map((sentence) => (
            <li key={sentence} className="flex items-center gap-2">
              <TriangleAlert size={13} strokeWidth={2} aria-hidden className="shrink-0" />
              {sentence}
            </li>
          ))}
        </ul>
      )}
      <TextArea
        label="What makes it over, for the record (may stay empty)"
        rows={2}
        maxLength={reason_length_max}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Trouble>{isStale ? stale_text : sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}

type AllClearProps = {
  readonly incident: Incident;
  readonly messages: readonly Message[];
  readonly onClose: () => void;
};

const severities = [
  { value: "1", name: "1, the bank doesn’t work" },
  { value: "2", name: "2, many are kept out" },
  { value: "3", name: "3, some are kept out" },
  { value: "4", name: "4, a nuisance" },
] as const;

/** Severity as a choice. */
export function SeveritySelect({
  value,
  onChange,
}: {
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  return (
    <Select
      label="Severity"
      options={severities}
      value={String(value)}
      onChange={(chosen) => onChange(Number(chosen))}
    />
  );
}

type Wish = { readonly state: IncidentState; readonly severity: number; readonly title: string };

/** What of a wish differs from how the incident is. */
function changeOf(incident: Incident, { state, severity, title }: Wish): Partial<Wish> {
  return {
    ...(state === incident.state ? {} : { state }),
    ...(severity === incident.severity ? {} : { severity }),
    ...(title.trim() === incident.title ? {} : { title: title.trim() }),
  };
}

function ChangeFields({ incident, wish, onChange }: ChangeFieldsProps) {
  const next = incident.nextStates.filter((state) => state !== "merged" && state !== "resolved");
  const states = [...new Set([incident.state, ...next])];
  return (
    <>
      <div className="flex gap-3">
        <Select
          label="State"
          options={states.map((value) => ({ value, name: state_texts[value] }))}
          value={wish.state}
          onChange={(chosen) => onChange({ state: states.find((value) => value === chosen) ?? wish.state })}
        />
        <SeveritySelect value={wish.severity} onChange={(severity) => onChange({ severity })} />
      </div>
      <TextField
        label="Title"
        maxLength={title_length.max}
        value={wish.title}
        onChange={(event) => onChange({ title: event.target.value })}
      />
    </>
  );
}

type ChangeFieldsProps = {
  readonly incident: Incident;
  readonly wish: Wish;
  readonly onChange: (part: Partial<Wish>) => void;
};

/** State, severity and title; and the way to merging, where it is a duplicate. */
export function ChangeIncident({ incident: current, onMerge, onClose }: ChangeIncidentProps) {
  const [incident] = useState(current);
  const [wish, setWish] = useState<Wish>(incident);
  const [reason, setReason] = useState("");
  const words = reason.trim();
  const commandId = useCommandId(incident.id, wish.state, wish.severity, wish.title, words);
  const change = changeOf(incident, wish);
  const sending = useIncidentChange(
    () =>
      changeIncident(incident.id, {
        ...{ commandId, expectedState: incident.state, ...change },
        ...(words === "" ? {} : { reason: words }),
      }),
    onClose,
  );
  const isStale = incident.state !== current.state && !sending.isPending;
  const isReady = Object.keys(change).length > 0 && wish.title.trim().length >= title_length.min && !isStale;
  return (
    <Dialog
      title={`Change ${incident.number}`}
      onClose={onClose}
      foot={
        <>
          <span className="mr-auto">
            <Button onClick={onMerge}>It’s a duplicate…</Button>
          </span>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="primary"
            disabled={!isReady}
            busy={sending.isPending}
            onClick={() => sending.mutate()}
          >
            Change it
          </Button>
        </>
      }
    >
      <ChangeFields {...{ incident, wish }} onChange={(part) => setWish({ ...wish, ...part })} />
      <TextArea
        label="Why, for the record (may stay empty)"
        rows={2}
        maxLength={reason_length_max}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Trouble>{isStale ? stale_text : sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}

type ChangeIncidentProps = {
  readonly incident: Incident;
  readonly onMerge: () => void;
  readonly onClose: () => void;
};

/** Ends a duplicate: those affected and what happened go on in the other incident. */
export function MergeIncident({
  incident,
  onClose,
}: {
  readonly incident: Incident;
  readonly onClose: () => void;
}) {
  const { data } = useQuery(incidentsQuery);
  const others = (data?.incidents ?? []).filter((other) => other.id !== incident.id && isOpenIncident(other));
  const [chosen, setChosen] = useState<string | null>(null);
  const into = chosen ?? others[0]?.id ?? "";
  const commandId = useCommandId(incident.id, "merge", into);
  const sending = useIncidentChange(() => mergeIncident(incident.id, { commandId, into }), onClose);
  return (
    <Dialog
      title={`${incident.number} is a duplicate`}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="primary"
            disabled={into === ""}
            busy={sending.isPending}
            onClick={() => sending.mutate()}
          >
            Merge it
          </Button>
        </>
      }
    >
      {others.length === 0 ? (
        <p className="text-ink-soft">
          No other incident is open, so there is none that this one could go on as.
        </p>
      ) : (
        <>
          <p className="text-ink-soft">
            It ends here. Whom it concerned, and what happened, goes on in the other one; nobody is counted or
            written to twice.
          </p>
          <Select
            label="It goes on as"
            options={others.map(({ id, number, title }) => ({ value: id, name: `${number} ${title}` }))}
            value={into}
            onChange={setChosen}
          />
        </>
      )}
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}
