import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ComponentState, ConsoleStatus } from "@mainstay/wire";
import { useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { sentenceOf } from "../../api/request.ts";
import { putOverride } from "../../api/status.ts";
import { Button } from "../../parts/button.tsx";
import { Segmented } from "../../parts/choice.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, Trouble } from "../../parts/field.tsx";
import { componentBadge, componentName, worseThan } from "./status-words.ts";

const reason_length = { min: 3, max: 500 };

/** Makes a service worse by hand, or leaves it to what is measured again. */
export function Override({ component, onClose }: OverrideProps) {
  const { id, measured, override } = component;
  const worse = worseThan(measured);
  const [state, setState] = useState<ComponentState | "measured">(override?.state ?? worse[0] ?? "measured");
  const [reason, setReason] = useState("");
  const words = reason.trim();
  const client = useQueryClient();
  const commandId = useCommandId(id, state, words);
  const sending = useMutation({
    mutationFn: () =>
      putOverride(id, { commandId, state: state === "measured" ? null : state, reason: words }),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries({ queryKey: ["status"] }),
  });
  const isSame = state === (override?.state ?? "measured");
  return (
    <Dialog
      title={componentName(id)}
      note={`measured: ${componentBadge(measured).text.toLowerCase()}`}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="primary"
            disabled={words.length < reason_length.min || isSame}
            busy={sending.isPending}
            onClick={() => sending.mutate()}
          >
            {state === "measured" ? "Leave it to the probes" : "Tell the public"}
          </Button>
        </>
      }
    >
      <p className="text-ink-soft">
        The public page says at once what you choose. By hand it can only get worse than what is measured,
        never better.
      </p>
      <div className="flex">
        <Segmented
          label="The public reads"
          value={state}
          onChange={setState}
          options={[
            { value: "measured", name: "As measured" },
            ...worse.map((value) => ({ value, name: componentBadge(value).text })),
          ]}
        />
      </div>
      <TextArea
        label="Why, for the record"
        rows={2}
        maxLength={reason_length.max}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}

type OverrideProps = {
  readonly component: ConsoleStatus["components"][number];
  readonly onClose: () => void;
};
