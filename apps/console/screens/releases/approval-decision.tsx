import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Approval } from "@mainstay/wire";
import { Fingerprint } from "lucide-react";
import { useState } from "react";
import { decline } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, Trouble } from "../../parts/field.tsx";
import { SignedText, useSign } from "./signing.tsx";

const reason_length = { min: 3, max: 500 };

/** Declining, or signing as the second person (as the first, where whoever asked hasn't yet). */
export function ApprovalDecision({
  approval,
  look = "primary",
  isTextShown = true,
  onDone,
}: ApprovalDecisionProps) {
  const [reason, setReason] = useState("");
  const [isReading, setReading] = useState(false);
  const client = useQueryClient();
  const signing = useSign((signed) => {
    setReading(false);
    onDone(signed.state === "carried-out" ? "Signed by two: it is being carried out." : "You’ve signed.");
  });
  const declining = useMutation({
    mutationFn: () => decline(approval.id, reason.trim()),
    onSuccess: () => onDone("Declined. Nothing has changed."),
    onSettled: () => client.invalidateQueries(),
  });
  const send = () => signing.mutate({ id: approval.id, reason: reason.trim() });
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
          onClick={isTextShown ? send : () => setReading(true)}
        >
          {isUnsigned ? "Sign as first" : "Sign as second"}
        </Button>
      </div>
      {isReading && (
        <ReadAndSign
          approval={approval}
          isBusy={isBusy}
          trouble={error === null ? null : sentenceOf(error)}
          onSign={send}
          onClose={() => setReading(false)}
        />
      )}
    </>
  );
}

/** What the passkey signs, before it does, where the page has no room for it. */
function ReadAndSign({ approval, isBusy, trouble, onSign, onClose }: ReadAndSignProps) {
  return (
    <Dialog
      title={approval.state === "unsigned" ? "You sign first" : "You sign second"}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="danger"
            busy={isBusy}
            icon={<Fingerprint size={15} strokeWidth={1.9} aria-hidden />}
            onClick={onSign}
          >
            Sign with your passkey
          </Button>
        </>
      }
    >
      <SignedText approval={approval} />
      <Trouble>{trouble}</Trouble>
    </Dialog>
  );
}

type ReadAndSignProps = {
  readonly approval: Approval;
  readonly isBusy: boolean;
  readonly trouble: string | null;
  readonly onSign: () => void;
  readonly onClose: () => void;
};

type ApprovalDecisionProps = {
  readonly approval: Approval;
  /** What goes against red checks has an outlined red button, and no filled one. */
  readonly look?: "primary" | "danger";
  /** Whether what is signed stands on the page; else it is read just before. */
  readonly isTextShown?: boolean;
  readonly onDone: (sentence: string) => void;
};
