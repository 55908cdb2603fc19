import type { Incident } from "@mainstay/wire";
import { useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { classifyIncident, reportSent } from "../../api/incidents.ts";
import { sentenceOf } from "../../api/request.ts";
import { browserClock } from "../../browser.ts";
import { Button } from "../../parts/button.tsx";
import { Segmented } from "../../parts/choice.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, Trouble } from "../../parts/field.tsx";
import { useIncidentChange } from "./use-incident-change.ts";
import type { Deadline } from "./regulator-words.ts";

const reason_length = { min: 3, max: 500 };

/** A person's word on the regulator's question, with the reason that is kept with it. */
export function Classify({
  incident,
  onClose,
}: {
  readonly incident: Incident;
  readonly onClose: () => void;
}) {
  const { thresholds, wouldBeMajor } = incident.regulator;
  const [as, setAs] = useState<"major" | "not-major">(wouldBeMajor ? "major" : "not-major");
  const reached = thresholds.filter(({ isReached }) => isReached);
  const [reason, setReason] = useState("");
  const words = reason.trim();
  const commandId = useCommandId(incident.id, "classify", as, words);
  const sending = useIncidentChange(
    () => classifyIncident(incident.id, { commandId, as, reason: words }),
    onClose,
  );
  const isAgainst = (as === "major") !== wouldBeMajor;
  return (
    <Dialog
      title="Is it major?"
      note={incident.number}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            disabled={words.length < reason_length.min}
            busy={sending.isPending}
            onClick={() => sending.mutate()}
          >
            {as === "major" ? "Sign “major”" : "Sign “not major”"}
          </Button>
        </>
      }
    >
      <div className="flex">
        <Segmented
          label="It is"
          value={as}
          onChange={setAs}
          options={[
            { value: "not-major", name: "Not major" },
            { value: "major", name: "Major" },
          ]}
        />
      </div>
      <p className="text-ink-soft">
        {reached.length} of {thresholds.length} thresholds are reached
        {reached.length > 0 && `: ${reached.map(({ name }) => name).join(", ")}`}. By the regulation’s rule it
        would {wouldBeMajor ? "" : "not "}be major.{" "}
        {as === "major" && "With “major” the first report’s clock begins to run."}
      </p>
      {isAgainst && (
        <p className="rounded-control bg-lamp-tint px-3 py-2 text-small text-lamp-ink">
          That isn’t what the counted thresholds say. Say why.
        </p>
      )}
      <TextArea
        label="Why, for the record"
        rows={3}
        maxLength={reason_length.max}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}

/** Records that a report went to the regulator, now. */
export function ReportSent({ incident, deadline, onClose }: ReportSentProps) {
  const commandId = useCommandId(incident.id, "report", deadline.id);
  const sending = useIncidentChange(
    () => reportSent(incident.id, deadline.id, { commandId, at: browserClock.now().toISOString() }),
    onClose,
  );
  return (
    <Dialog
      title={`${deadline.name}: sent?`}
      note={incident.number}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Not yet</Button>
          <Button look="primary" busy={sending.isPending} onClick={() => sending.mutate()}>
            It was sent
          </Button>
        </>
      }
    >
      <p className="text-ink-soft">
        Its clock stops, and the next one begins where this is what starts it. The record keeps who said so
        and when. Source: {deadline.source}.
      </p>
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}

type ReportSentProps = {
  readonly incident: Incident;
  readonly deadline: Deadline;
  readonly onClose: () => void;
};
