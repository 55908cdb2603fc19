import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Field, Sheet } from "@mainstay/ui";
import { forgetTyped, useTyped } from "../../text/use-typed.ts";

/** The longest note, in characters; the bank takes no more. */
const note_length_max = 140;

/** Writes or changes the note of a payment. */
export function NoteSheet(props: NoteSheetProps) {
  const close = () => {
    forgetTyped("note.");
    props.onClose();
  };
  return (
    <Sheet open={props.open} onClose={close} title={<Trans>Note</Trans>}>
      <NoteForm {...props} onClose={close} />
    </Sheet>
  );
}

function NoteForm({ transactionId, note, onSave, onClose }: NoteSheetProps) {
  const { t } = useLingui();
  const [text, setText] = useTyped(`note.${transactionId}`, note);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== note) onSave(text.trim());
        onClose();
      }}
    >
      <Field
        label={t`What you want to remember`}
        help={t`Only you can see it.`}
        value={text}
        maxLength={note_length_max}
        onChange={(event) => setText(event.target.value)}
      />
      <div className="pt-5">
        <Button type="submit">
          <Trans>Save the note</Trans>
        </Button>
      </div>
    </form>
  );
}

/** What `NoteSheet` takes. */
export type NoteSheetProps = {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly transactionId: string;
  readonly note: string;
  readonly onSave: (note: string) => void;
};
