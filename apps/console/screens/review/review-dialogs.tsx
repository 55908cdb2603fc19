import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Review, ReviewAction } from "@mainstay/wire";
import { useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { sentenceOf } from "../../api/request.ts";
import { askReader, closeReview, demandCheck } from "../../api/review.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Trouble } from "../../parts/field.tsx";
import { Select } from "../../parts/select.tsx";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { ActionDialog } from "./review-actions.tsx";
import { journey_options, partName } from "./review-words.ts";

/** What lies open over the review. */
export type Opened = "check" | "reader" | "close" | "versions" | { readonly action: ReviewAction | null };

/** Does something to the review, and has the page ask again. */
export function useReviewChange(change: () => Promise<unknown>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: ["incidents"] }),
  });
}

function RequireCheck({ review, onClose }: DialogProps) {
  const [journey, setJourney] = useState(review.check?.journey ?? "log-in-old-passkey-returning");
  const commandId = useCommandId(review.incident, "check", journey);
  const sending = useReviewChange(() => demandCheck(review.incident, { commandId, journey }), onClose);
  return (
    <Dialog
      title="Require the check"
      note={review.number}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button look="primary" busy={sending.isPending} onClick={() => sending.mutate()}>
            Require it of every later version
          </Button>
        </>
      }
    >
      <Select label="The case that failed" options={journey_options} value={journey} onChange={setJourney} />
      <p className="text-ink-soft">
        From then on no version is published unless this passes in a real browser. It can’t be overridden.
      </p>
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}

type DialogProps = { readonly review: Review; readonly onClose: () => void };

function AskReader({ review, me, onClose }: DialogProps & { readonly me: string | undefined }) {
  const others = review.staff.filter(({ id }) => id !== me);
  const [chosen, setChosen] = useState<string | null>(null);
  const staff = chosen ?? others[0]?.id ?? "";
  const commandId = useCommandId(review.incident, "reader", staff);
  const sending = useReviewChange(() => askReader(review.incident, { commandId, staff }), onClose);
  return (
    <Dialog
      title="Ask a second reader"
      note={review.number}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            disabled={staff === ""}
            busy={sending.isPending}
            onClick={() => sending.mutate()}
          >
            Ask them
          </Button>
        </>
      }
    >
      {others.length === 0 ? (
        <p className="text-ink-soft">
          Nobody else has the release role. An administrator can invite a colleague.
        </p>
      ) : (
        <Select
          label="Who reads it"
          options={others.map(({ id, name }) => ({ value: id, name }))}
          value={staff}
          onChange={setChosen}
        />
      )}
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}

function CloseReview({ review, onClose }: DialogProps) {
  const commandId = useCommandId(review.incident, "close", review.draft);
  const sending = useReviewChange(() => closeReview(review.incident, commandId), onClose);
  return (
    <Dialog
      title={`Close the review of ${review.number}?`}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Not yet</Button>
          <Button look="primary" busy={sending.isPending} onClick={() => sending.mutate()}>
            Close it
          </Button>
        </>
      }
    >
      <p className="text-ink-soft">
        It stays as it is from then on: its words, its figures, and the check that every later version must
        pass.
      </p>
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}

const edit_names: Readonly<Record<string, string>> = {
  actions: "Actions",
  check: "The check",
  reader: "Second reader",
};

function editName(review: Review, what: string): string {
  const part = review.texts.find((text) => text.part === what)?.part;
  return part === undefined ? (edit_names[what] ?? what) : partName(part);
}

function Versions({ review, onClose }: DialogProps) {
  return (
    <Dialog
      title="Versions"
      note={`draft ${review.draft} now`}
      width={520}
      onClose={onClose}
      foot={<Button onClick={onClose}>Close</Button>}
    >
      {review.edits.length === 0 ? (
        <p className="text-ink-soft">Nobody has edited it: it is as it was drafted from the record.</p>
      ) : (
        <Table label="Versions, newest first" columns={["Draft", "What", "Who", "When"]}>
          {review.edits.map(({ draft, what, by, at }) => (
            <Row key={`${draft} ${what}`} density="dense">
              <Cell isNumeric>{draft}</Cell>
              <Cell>{editName(review, what)}</Cell>
              <Cell isTight>{by.name}</Cell>
              <Cell isSoft isTight>
                <Time at={at} form="weekday" />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
    </Dialog>
  );
}

/** The one dialog that is open over the review. */
export function ReviewDialog({ review, me, opened, onClose }: ReviewDialogProps) {
  if (typeof opened === "object") return <ActionDialog action={opened.action} {...{ review, onClose }} />;
  switch (opened) {
    case "check":
      return <RequireCheck {...{ review, onClose }} />;
    case "reader":
      return <AskReader {...{ review, me, onClose }} />;
    case "close":
      return <CloseReview {...{ review, onClose }} />;
    case "versions":
      return <Versions {...{ review, onClose }} />;
  }
}

type ReviewDialogProps = DialogProps & { readonly me: string | undefined; readonly opened: Opened };
