import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { Review, ReviewText as Part } from "@mainstay/wire";
import { useState, type KeyboardEvent, type ReactNode } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { RequestError, sentenceOf } from "../../api/request.ts";
import { putReviewText } from "../../api/review.ts";
import { Button } from "../../parts/button.tsx";
import { ChangedMeanwhile } from "../../parts/changed-meanwhile.tsx";
import { TextArea, Trouble } from "../../parts/field.tsx";
import { useFocus } from "../../parts/use-focus.ts";
import { factTarget, partName, reviewPieces, textOf } from "./review-words.ts";

const text_length_max = 8_000;

/** A text as it reads: blue words come from the record and lead to what they count. */
export function FactText({ text, review }: { readonly text: string; readonly review: Review }) {
  return reviewPieces(text, review.facts).map((piece, index) =>
    piece.kind === "words" ? (
      piece.text
    ) : (
      <Link
        key={index}
        {...factTarget(review.incident, piece)}
        title={`${piece.label}, from the record`}
        className="money font-medium text-info hover:underline"
      >
        {piece.value}
      </Link>
    ),
  );
}

/** Writing a part. What a colleague saves meanwhile is told, and neither text is lost. */
function Edit({ review, part, onDone }: EditProps) {
  const known = textOf(review, part);
  const field = useFocus<HTMLTextAreaElement>();
  const [text, setText] = useState(known.text);
  const [draft, setDraft] = useState(review.draft);
  const commandId = useCommandId(review.incident, part, draft, text);
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => putReviewText(review.incident, part, { commandId, draft, text }),
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: ["incidents", review.incident] }),
  });
  const isChanged = saving.error instanceof RequestError && saving.error.code === "review_changed";
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onDone();
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && !saving.isPending) saving.mutate();
  };
  const resolve = (taken: string) => {
    setText(taken);
    setDraft(review.draft);
    saving.reset();
  };
  return (
    <div className="flex flex-col gap-2">
      <TextArea
        label={`${partName(part)}: figures of the record stand in braces`}
        inputRef={field}
        onKeyDown={onKeyDown}
        rows={6}
        maxLength={text_length_max}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="flex flex-wrap gap-1" role="group" aria-label="Figures of the record">
        {review.facts.map(({ key, label, value }) => (
          <button
            key={key}
            type="button"
            title={`${label}: ${value}`}
            onClick={() => setText(`${text}{${key}}`)}
            className={classNames(
              "money rounded-badge bg-info-tint px-1.5 py-0.5 text-small font-medium text-info",
              "hover:outline hover:outline-info",
            )}
          >
            {label}
          </button>
        ))}
      </div>
      {isChanged ? (
        <ChangedMeanwhile
          by={review.editedBy?.name}
          onTake={() => resolve(known.text)}
          onKeep={() => resolve(text)}
        />
      ) : (
        <Trouble>{saving.isError ? sentenceOf(saving.error) : null}</Trouble>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onDone} keys="Escape">
          Leave
        </Button>
        <Button look="tint" keys="mod+Enter" busy={saving.isPending} onClick={() => saving.mutate()}>
          Save
        </Button>
      </div>
    </div>
  );
}

type EditProps = { readonly review: Review; readonly part: Part; readonly onDone: () => void };

/** A part of the document: as it reads, or being written. */
export function PartText({ review, part, mayWrite, isEditing, onEdit, children }: PartTextProps) {
  const { text, isDrafted } = textOf(review, part);
  if (isEditing) return <Edit key={part} review={review} part={part} onDone={() => onEdit(null)} />;
  return (
    <div className="group relative">
      {text.trim() === "" ? <p className="text-ink-soft">Nobody has written this yet.</p> : children(text)}
      {isDrafted && text.trim() !== "" && <p className="text-small text-lamp-ink">Drafted from the record</p>}
      {mayWrite && (
        <button
          type="button"
          onClick={() => onEdit(part)}
          aria-label={`Edit: ${partName(part)}`}
          className={classNames(
            "absolute -top-6 right-0 text-small font-semibold text-harbour opacity-0",
            "group-focus-within:opacity-100 group-hover:opacity-100 hover:underline",
            "focus-visible:opacity-100",
          )}
        >
          Edit
        </button>
      )}
    </div>
  );
}

type PartTextProps = {
  readonly review: Review;
  readonly part: Part;
  readonly mayWrite: boolean;
  readonly isEditing: boolean;
  readonly onEdit: (part: Part | null) => void;
  /** Draws the text as it reads. */
  readonly children: (text: string) => ReactNode;
};
