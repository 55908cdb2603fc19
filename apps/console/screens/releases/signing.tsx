import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Approval } from "@mainstay/wire";
import { Fingerprint } from "lucide-react";
import { sign } from "../../api/passkey.ts";
import { sentenceOf } from "../../api/request.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Trouble } from "../../parts/field.tsx";

/** Signs an approval with a passkey, and has every page ask again. */
export function useSign(onDone: (approval: Approval) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) => sign(id, reason),
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries(),
  });
}

/** A line of what is signed, whole: its name and what it says, where it has both. */
function SignedLine({ line }: { readonly line: string }) {
  const [, name, said] = /^([a-z ]{2,12}): (.*)$/.exec(line) ?? [];
  if (name === undefined) return <dt className="col-span-2 text-ink-soft">{line}</dt>;
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className={name === "what" ? "font-semibold break-words" : "break-words"}>{said}</dd>
    </>
  );
}

/** The words that a passkey signs, on one card. */
export function SignedText({ approval }: { readonly approval: Approval }) {
  return (
    <div className="rounded-control border border-line bg-table-head px-3 py-2">
      <div className="text-small text-ink-soft">Your passkey signs this, and only this</div>
      <dl className="money mt-1 grid grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 text-small">
        {approval.text.split("\n").map((line) => (
          <SignedLine key={line} line={line} />
        ))}
      </dl>
    </div>
  );
}

/** Whoever asks for what takes two people signs first; then it waits for the second. */
export function SignFirst({
  approval,
  onClose,
}: {
  readonly approval: Approval;
  readonly onClose: () => void;
}) {
  const signing = useSign(() => undefined);
  if (signing.isSuccess) {
    return (
      <Dialog
        title="It waits for a second person"
        onClose={onClose}
        foot={
          <Button look="primary" onClick={onClose}>
            Good
          </Button>
        }
      >
        <p className="text-ink-soft">
          You’ve signed. A colleague with the release role finds it under Approvals; nothing changes until
          they sign too.
        </p>
      </Dialog>
    );
  }
  return (
    <Dialog
      title="This takes two people"
      onClose={onClose}
      foot={
        <>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="primary"
            busy={signing.isPending}
            icon={<Fingerprint size={15} strokeWidth={1.9} aria-hidden />}
            onClick={() => signing.mutate({ id: approval.id, reason: "" })}
          >
            Sign as first
          </Button>
        </>
      }
    >
      <p className="text-ink-soft">You sign first, a colleague second. Nothing changes until both have.</p>
      <SignedText approval={approval} />
      <Trouble>{signing.isError ? sentenceOf(signing.error) : null}</Trouble>
    </Dialog>
  );
}
