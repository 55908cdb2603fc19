import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { classNames } from "@mainstay/ui";
import type { Message } from "@mainstay/wire";
import { Fingerprint } from "lucide-react";
import { Fragment, useState } from "react";
import { declineMessage, messageToSign, signMessage, type MessageToSign } from "../../api/messages.ts";
import { sentenceOf } from "../../api/request.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { TextArea, Trouble } from "../../parts/field.tsx";
import { peopleText } from "../../parts/numbers.ts";
import { RowsToCome } from "../page.tsx";
import { isSent, signedLines } from "./message-words.ts";

const waits_text = [
  "You’ve signed. A colleague with the release role finds it here and under Approvals;",
  "nobody is written to until they sign too.",
].join(" ");

/** What a passkey signs, word for word. */
function ToSign({ toSign }: { readonly toSign: MessageToSign }) {
  return (
    <div className="rounded-control border border-line bg-table-head px-3 py-2">
      <div className="text-small text-ink-soft">Your passkey signs this, and only this</div>
      <dl
        className={classNames(
          "money mt-1 grid max-h-[340px] grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 overflow-y-auto",
          "text-small",
        )}
      >
        {signedLines(toSign.text).map(({ name, said }) => (
          <Fragment key={`${name} ${said}`}>
            <dt className="text-ink-soft">{name}</dt>
            <dd className="break-words whitespace-pre-wrap">{said}</dd>
          </Fragment>
        ))}
      </dl>
    </div>
  );
}

/** Signing a message: whoever sends it first, a colleague second; only then does it go out. */
export function SignMessage({
  message,
  onClose,
}: {
  readonly message: Message;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const [{ id, first, recipients, draft }] = useState(message);
  const isFirst = first === null;
  // Asked for once: what is shown is what is signed, whatever changes meanwhile.
  const asked = useQuery({
    queryKey: ["message-to-sign", id, draft, isFirst],
    queryFn: () => messageToSign(id),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const signing = useMutation({
    mutationFn: (toSign: MessageToSign) => signMessage(id, toSign),
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "message-to-sign" }),
  });
  const trouble = signing.error ?? asked.error;
  if (signing.isSuccess) {
    const isOut = isSent(signing.data);
    return (
      <Dialog
        title={isOut ? "It goes out" : "It waits for a second person"}
        onClose={onClose}
        foot={
          <Button look="primary" onClick={onClose}>
            Good
          </Button>
        }
      >
        <p className="text-ink-soft">
          {isOut
            ? "Two have signed. Who can’t log in is written to first; how far it is stands in the card."
            : waits_text}
        </p>
      </Dialog>
    );
  }
  return (
    <Dialog
      title={isFirst ? `Send to ${peopleText(recipients.now)}` : "You sign second"}
      note={isFirst ? "takes two people" : undefined}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            disabled={asked.data === undefined}
            busy={signing.isPending}
            icon={<Fingerprint size={15} strokeWidth={1.9} aria-hidden />}
            onClick={() => asked.data && signing.mutate(asked.data)}
          >
            {isFirst ? "Sign as first" : "Sign as second"}
          </Button>
        </>
      }
    >
      {asked.isPending && <RowsToCome rows={3} />}
      {asked.data && <ToSign toSign={asked.data} />}
      <Trouble>{trouble === null ? null : sentenceOf(trouble)}</Trouble>
    </Dialog>
  );
}

/** Declines a message that waits for the second person, or throws a draft away. */
export function DeclineMessage({
  message,
  onClose,
}: {
  readonly message: Message;
  readonly onClose: () => void;
}) {
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const isDraft = message.state === "draft";
  const words = reason.trim();
  const sending = useMutation({
    mutationFn: () => declineMessage(message.id, words),
    onSuccess: onClose,
    onSettled: () => client.invalidateQueries(),
  });
  return (
    <Dialog
      title={isDraft ? "Throw the draft away?" : "Decline the message?"}
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Leave it</Button>
          <Button
            look="danger"
            disabled={words !== "" && words.length < 3}
            busy={sending.isPending}
            onClick={() => sending.mutate()}
          >
            {isDraft ? "Throw away" : "Decline"}
          </Button>
        </>
      }
    >
      <p className="text-ink-soft">Nobody has been written to, and nobody will be. Another can be drafted.</p>
      <TextArea
        label="Why, for the record (may stay empty)"
        rows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
    </Dialog>
  );
}
