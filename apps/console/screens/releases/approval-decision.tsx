import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Approval } from "@mainstay/wire";
import { Fingerprint } from "lucide-react";
import { useState } from "react";
import { decline } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { Button } from "../../parts/button.tsx";
import { TextArea, Trouble } from "../../parts/field.tsx";
import { useSign } from "./signing.tsx";

const reason_length = { min: 3, max: 500 };

/** Declining, or signing as the second person (as the first, where whoever asked hasn't yet). */
export function ApprovalDecision({ approval, look = "primary", onDone }: ApprovalDecisionProps) {
  const [reason, setReason] = useState("");
  const client = useQueryClient();
  const signing = useSign((signed) =>
    onDone(signed.state === "carried-out" ? "Signed by two: it is being carried out." : "You’ve signed."),
  );
  const declining = useMutation({
    mutationFn: () => decline(approval.id, reason.trim()),
    onSuccess: () => onDone("Declined. Nothing has changed."),
    onSettled: () => client.invalidateQueries(),
  });
  const isUnsigned = approval.state === "unsigned";
  const isReady = reason.trim() === "" || reason.trim().length >= reason_length.min;
  const error = signing.error ?? declining.error;
  const isBusy = signing.isPending || declining.isPending;
  return (
    <>
      {!isUnsigned && (
        <TextArea
          label="Your reason, kept with it (may stay empty)"
          rows={2}
          maxLength={reason_length.max}
          value={reason}
          placeholder="Say why"
          onChange={(event) => setReason(event.target.value)}
        />
      )}
      <Trouble>{error === null ? null : sentenceOf(error)}</Trouble>
      <div className="grid grid-cols-[2fr_3fr] gap-2">
        <Button busy={isBusy} disabled={!isReady} onClick={() => declining.mutate()}>
          {isUnsigned ? "Withdraw" : "Decline"}
        </Button>
        <Button
          look={look}
          busy={isBusy}
          disabled={!isReady || !approval.canSign}
          icon={<Fingerprint size={15} strokeWidth={1.9} aria-hidden />}
          onClick={() => signing.mutate({ id: approval.id, reason: reason.trim() })}
        >
          {isUnsigned ? "Sign as first" : "Sign as second"}
        </Button>
      </div>
    </>
  );
}

type ApprovalDecisionProps = {
  readonly approval: Approval;
  /** What goes against red checks has an outlined red button, and no filled one. */
  readonly look?: "primary" | "danger";
  readonly onDone: (sentence: string) => void;
};
