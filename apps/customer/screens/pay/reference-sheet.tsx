import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Field, Sheet } from "@mainstay/ui";
import { forgetTyped, useTyped } from "../../text/use-typed.ts";

/** The longest reference that the scheme carries, in characters. */
const reference_length_max = 18;

/** Writes what the payee reads beside the money. */
export function ReferenceSheet(props: ReferenceSheetProps) {
  // What was typed outlives the page, and is forgotten when the sheet is closed by hand.
  const close = () => {
    forgetTyped("pay.reference");
    props.onClose();
  };
  return (
    <Sheet open={props.open} onClose={close} title={<Trans>Reference</Trans>}>
      <ReferenceForm {...props} onClose={close} />
    </Sheet>
  );
}

function ReferenceForm({ reference, onSave, onClose }: ReferenceSheetProps) {
  const { t } = useLingui();
  const [text, setText] = useTyped("pay.reference", reference);
  const isWritable = /^[ -~£]*$/.test(text);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isWritable) return;
        if (text.trim() !== reference) onSave(text.trim());
        onClose();
      }}
    >
      <Field
        label={t`What they see beside the money`}
        help={t`Up to 18 letters, digits and signs.`}
        value={text}
        maxLength={reference_length_max}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        {...(isWritable
          ? {}
          : { error: t`Other banks can’t read accents and emoji here. Use plain letters.` })}
      />
      <div className="pt-5">
        <Button type="submit">
          <Trans>Use this reference</Trans>
        </Button>
      </div>
    </form>
  );
}

/** What `ReferenceSheet` takes. */
export type ReferenceSheetProps = {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly reference: string;
  readonly onSave: (reference: string) => void;
};
