import { useMutation, useQueryClient } from "@tanstack/react-query";
import { newId } from "@mainstay/kernel";
import type { Review, ReviewAction } from "@mainstay/wire";
import { useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { sentenceOf } from "../../api/request.ts";
import { putReviewAction } from "../../api/review.ts";
import { browserClock, browserRandom } from "../../browser.ts";
import { Button } from "../../parts/button.tsx";
import { Segmented } from "../../parts/choice.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, TextField, Trouble } from "../../parts/field.tsx";
import { PersonSign } from "../../parts/person-sign.tsx";
import { Select } from "../../parts/select.tsx";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { dateText } from "../../parts/time.tsx";
import { firstName } from "../incidents/words.ts";
import { State } from "../releases/state.tsx";
import { actionBadge } from "./review-words.ts";

/** Days that an action has, unless somebody says otherwise. */
const days_usual = 14;
const day_ms = 86_400_000;

/** Today's date, in UTC as dates of the record are. */
function todayText(): string {
  return browserClock.now().toISOString().slice(0, 10);
}

/** What is to be done that it doesn't happen again: by whom, until when, and how it stands. */
export function ReviewActions({ review, mayWrite, onOpen }: ReviewActionsProps) {
  const today = todayText();
  if (review.actions.length === 0) {
    return (
      <p className="text-ink-soft">
        None yet. What keeps it from happening again, by whom and until when?{" "}
        {mayWrite && (
          <button
            type="button"
            onClick={() => onOpen(null)}
            className="font-semibold text-harbour hover:underline"
          >
            Write the first
          </button>
        )}
      </p>
    );
  }
  return (
    <div className="overflow-hidden rounded-panel border border-line">
      <Table label="Actions" columns={["What", "Owner", { name: "Due", isNumeric: true }, "State"]}>
        {review.actions.map((action) => (
          <Row key={action.id} density="dense" {...(mayWrite ? { onChoose: () => onOpen(action) } : {})}>
            <Cell isWide>
              {mayWrite ? (
                <button type="button" className="text-left font-semibold" onClick={() => onOpen(action)}>
                  {action.what}
                </button>
              ) : (
                <span className="font-semibold">{action.what}</span>
              )}
              {action.note !== null && action.note !== "" && (
                <span className="block text-small text-ink-soft">{action.note}</span>
              )}
            </Cell>
            <Cell isTight isSoft>
              <span className="inline-flex items-center gap-1.5">
                <PersonSign name={action.owner.name} /> {firstName(action.owner.name)}
              </span>
            </Cell>
            <Cell isRight isSoft>
              {dateText(action.due).replace(/ \d{4}$/, "")}
            </Cell>
            <Cell isTight>
              <State of={actionBadge(action, today)} />
            </Cell>
          </Row>
        ))}
      </Table>
    </div>
  );
}

type ReviewActionsProps = {
  readonly review: Review;
  readonly mayWrite: boolean;
  /** Opens one, or a new one. */
  readonly onOpen: (action: ReviewAction | null) => void;
};

type Wish = Omit<ReviewAction, "owner"> & { readonly owner: string };

/** What keeps an action from being saved; null where nothing does. */
function troubleOf({ what, owner, due, state, note }: Wish, known: ReviewAction | null): string | null {
  if (what.trim().length < 3) return "Say what is to be done.";
  if (owner === "") return "It needs an owner.";
  if (!/^\d{4}-\d{2}-\d{2}$/.test(due)) return "It needs a day.";
  if (state === "moved" && (note ?? "").trim().length < 3) return "Moving it takes a reason.";
  if (state === "moved" && known !== null && known.state === "open" && due <= known.due) {
    return "Moving it takes a later day.";
  }
  return null;
}

/** A day so many after today, as dates are written. */
function dayAfter(days: number): string {
  return new Date(browserClock.now().getTime() + days * day_ms).toISOString().slice(0, 10);
}

function ActionFields({ review, action, wish, onChange }: ActionFieldsProps) {
  // Who owns it may have left since: their name stays a choice.
  const owners = [...review.staff, ...(action === null ? [] : [action.owner])].filter(
    ({ id: owner }, index, all) => all.findIndex((other) => other.id === owner) === index,
  );
  return (
    <>
      <TextField
        label="What keeps it from happening again"
        maxLength={200}
        value={wish.what}
        onChange={(event) => onChange({ what: event.target.value })}
      />
      <div className="flex gap-3">
        <Select
          label="Owner"
          options={owners.map(({ id: value, name }) => ({ value, name }))}
          value={wish.owner}
          onChange={(owner) => onChange({ owner })}
        />
        <TextField
          label="Due"
          type="date"
          value={wish.due}
          onChange={(event) => onChange({ due: event.target.value })}
        />
      </div>
      <div className="flex">
        <Segmented
          label="State"
          value={wish.state}
          onChange={(state) => onChange({ state })}
          options={[
            { value: "open", name: "Open" },
            { value: "done", name: "Done" },
            { value: "moved", name: "Moved" },
          ]}
        />
      </div>
      <TextArea
        label={wish.state === "moved" ? "Why it is moved, and where to" : "What was done (may stay empty)"}
        rows={2}
        maxLength={500}
        value={wish.note ?? ""}
        onChange={(event) => onChange({ note: event.target.value })}
      />
    </>
  );
}

type ActionFieldsProps = {
  readonly review: Review;
  readonly action: ReviewAction | null;
  readonly wish: Wish;
  readonly onChange: (part: Partial<Wish>) => void;
};

/** An action: what, who, until when; done, or moved with a reason. */
export function ActionDialog({ review, action, onClose }: ActionDialogProps) {
  const [id] = useState(() => action?.id ?? newId("act", { clock: browserClock, random: browserRandom }));
  const [wish, setWish] = useState<Wish>(() => ({
    id,
    what: action?.what ?? "",
    owner: action?.owner.id ?? review.staff[0]?.id ?? "",
    due: action?.due ?? dayAfter(days_usual),
    state: action?.state ?? "open",
    note: action?.note ?? "",
  }));
  const commandId = useCommandId(review.incident, id, JSON.stringify(wish));
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => {
      const note = (wish.note ?? "").trim();
      const saved = { ...wish, what: wish.what.trim(), note: note === "" ? null : note };
      return putReviewAction(review.incident, saved, commandId);
    },
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ["incidents", review.incident] }),
  });
  const trouble = troubleOf(wish, action);
  return (
    <Dialog
      title={action === null ? "A new action" : "Action"}
      note={review.number}
      onClose={onClose}
      foot={
        <>
          <span className="mr-auto self-center text-small text-ink-soft">{trouble}</span>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="primary"
            disabled={trouble !== null}
            busy={saving.isPending}
            onClick={() => saving.mutate()}
          >
            Save
          </Button>
        </>
      }
    >
      <ActionFields {...{ review, action, wish }} onChange={(part) => setWish({ ...wish, ...part })} />
      <Trouble>{saving.isError ? sentenceOf(saving.error) : null}</Trouble>
    </Dialog>
  );
}

type ActionDialogProps = {
  readonly review: Review;
  /** Null for a new one. */
  readonly action: ReviewAction | null;
  readonly onClose: () => void;
};
