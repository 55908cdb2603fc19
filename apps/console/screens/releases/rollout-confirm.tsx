import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Approval, Rollout } from "@mainstay/wire";
import { useState, type KeyboardEvent } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { command } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, Trouble } from "../../parts/field.tsx";
import { countText, peopleText, stageText } from "../../parts/numbers.ts";
import type { RolloutButton } from "./rollout-buttons.ts";
import { SignFirst } from "./signing.tsx";
import { targetText } from "./words.ts";

const reason_length = { min: 3, max: 500 };

function questionOf(rollout: Rollout, { verb }: RolloutButton): string {
  const next = rollout.stages[rollout.stage + 1];
  const { version } = rollout;
  switch (verb) {
    case "advance":
      return `Advance ${version}${next === undefined ? "" : ` to ${stageText(next.share * 100)}`}?`;
    case "finish":
      return `Finish the rollout of ${version}?`;
    case "pause":
      return `Pause ${version}?`;
    case "resume":
      return `Go on with ${version}?`;
    case "roll-back":
      return `Roll ${version} back?`;
  }
}

function consequenceOf(rollout: Rollout, { verb, people }: RolloutButton): string {
  const target = targetText(rollout) ?? "the version before";
  const many = peopleText(people);
  const { version } = rollout;
  switch (verb) {
    case "advance":
      return `${many} more get ${version} the next time their app asks, in the order of their cohort.`;
    case "finish":
      return `${version} becomes the stable version, and the last ${many} get it.`;
    case "pause":
      return `${many} keep ${version} where they have logged in with it. Nobody new gets it for now.`;
    case "resume":
      return `${version} is handed out again at this stage, to ${many}.`;
    case "roll-back":
      return [
        `${many} go to ${target}: open apps within seconds, the others before they start.`,
        `${version} doesn’t come again: what replaces it is a newer one.`,
      ].join(" ");
  }
}

function useCommand(
  wish: { readonly rollout: Rollout; readonly button: RolloutButton; readonly reason: string },
  onDone: (approval: Approval | null) => void,
) {
  const { rollout, button, reason } = wish;
  const commandId = useCommandId(rollout.id, button.verb, reason);
  const client = useQueryClient();
  return useMutation({
    mutationFn: () =>
      command(rollout.id, button.verb, {
        commandId,
        expectedState: rollout.state,
        expectedStage: rollout.stage,
        ...(reason === "" ? {} : { reason }),
      }),
    onSuccess: ({ approval }) => onDone(approval),
    // Whether it was done or refused: the page may be behind what is.
    onSettled: () => client.invalidateQueries(),
  });
}

/** Asks once more, with whom it touches in figures, and takes a reason for the record. */
export function ConfirmCommand({ rollout: current, button: pressed, onClose }: ConfirmCommandProps) {
  // What was asked is what is done: the page under it goes on changing.
  const [{ rollout, button }] = useState({ rollout: current, button: pressed });
  const [reason, setReason] = useState("");
  const [approval, setApproval] = useState<Approval | null>(null);
  const sending = useCommand({ rollout, button, reason: reason.trim() }, (asked) =>
    asked === null ? onClose() : setApproval(asked),
  );
  if (approval !== null) return <SignFirst approval={approval} onClose={onClose} />;
  const isReady = reason.trim() === "" || reason.trim().length >= reason_length.min;
  const send = () => {
    if (isReady && !sending.isPending) sending.mutate();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
  };
  const isStale = rollout.state !== current.state || rollout.stage !== current.stage;
  return (
    <Dialog
      title={questionOf(rollout, button)}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look={button.look === "danger" ? "danger" : "primary"}
            keys="mod+Enter"
            disabled={!isReady || isStale}
            busy={sending.isPending}
            onClick={send}
          >
            {button.needsSecond ? "Ask a second person" : `${button.name}, ${countText(button.people)}`}
          </Button>
        </>
      }
    >
      <p className="money">{consequenceOf(rollout, button)}</p>
      <TextArea
        label="Why, for the record (may stay empty)"
        rows={2}
        maxLength={reason_length.max}
        value={reason}
        onKeyDown={onKeyDown}
        onChange={(event) => setReason(event.target.value)}
      />
      {isStale && !sending.isPending && (
        <Trouble>The rollout has changed since you asked. Close this and look again.</Trouble>
      )}
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}

type ConfirmCommandProps = {
  readonly rollout: Rollout;
  readonly button: RolloutButton;
  readonly onClose: () => void;
};
