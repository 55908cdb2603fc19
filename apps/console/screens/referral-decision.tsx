import { useMutation, useQueryClient } from "@tanstack/react-query";
import { classNames } from "@mainstay/ui";
import type { Referral } from "@mainstay/wire";
import { useState, type KeyboardEvent, type RefObject } from "react";
import { referralsQuery } from "../api/queries.ts";
import { request, sentenceOf } from "../api/request.ts";
import { Button } from "../parts/button.tsx";
import { Card } from "../parts/card.tsx";
import { TextArea, Trouble } from "../parts/field.tsx";
import { Keys } from "../parts/keys.tsx";

export type Decision = "pass" | "fail";

const reason_length = { min: 3, max: 500 };

const choices: readonly { decision: Decision; keyCap: string; title: string; text: string }[] = [
  { decision: "pass", keyCap: "1", title: "Pass", text: "They go on, to a passkey." },
  {
    decision: "fail",
    keyCap: "2",
    title: "Fail",
    text: "They’re told that we couldn’t.",
  },
];

/** The decision, its reason for the record, and one button that says whom it touches. */
export function Decide({ referral, decision, onDecide, reasonRef, onDone }: DecideProps) {
  const [reason, setReason] = useState("");
  const client = useQueryClient();
  const first = referral.name.split(" ")[0] ?? referral.name;
  const isReady = decision !== null && reason.trim().length >= reason_length.min;
  const sending = useMutation({
    mutationFn: () =>
      request<unknown>("POST", `/api/bank/referrals/${referral.registrationId}/decision`, {
        decision,
        reason: reason.trim(),
      }),
    onSuccess: () => {
      onDone(
        decision === "pass"
          ? `${referral.name} has passed and can go on.`
          : `${referral.name} has been refused.`,
      );
      client.setQueryData(referralsQuery.queryKey, (waiting) =>
        waiting?.filter(({ registrationId }) => registrationId !== referral.registrationId),
      );
    },
    // Somebody else may have decided meanwhile: then the queue knows better than this page.
    onError: () => void client.invalidateQueries(referralsQuery),
  });
  const send = () => {
    if (isReady && !sending.isPending) sending.mutate();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send();
    if (event.key === "Escape" && event.target instanceof HTMLElement) event.target.blur();
  };
  return (
    <Card title="Decide" className="shrink-0">
      <div className="flex flex-col gap-2.5 px-4 py-3">
        <div role="radiogroup" aria-label="Decision" className="flex flex-col gap-2">
          {choices.map((choice) => (
            <Choice
              key={choice.decision}
              {...choice}
              isChosen={choice.decision === decision}
              onChoose={() => onDecide(choice.decision)}
            />
          ))}
        </div>
        <TextArea
          label="Why, for the record"
          rows={3}
          maxLength={reason_length.max}
          value={reason}
          inputRef={reasonRef}
          placeholder="What settles it"
          onKeyDown={onKeyDown}
          onChange={(event) => setReason(event.target.value)}
        />
        <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
        <Button
          look={decision === "fail" ? "danger" : "primary"}
          keys="mod+Enter"
          disabled={!isReady}
          busy={sending.isPending}
          onClick={send}
        >
          {decision === "fail" ? `Refuse ${first}` : `Let ${first} in`}
        </Button>
      </div>
    </Card>
  );
}

type DecideProps = {
  readonly referral: Referral;
  readonly decision: Decision | null;
  readonly onDecide: (decision: Decision) => void;
  readonly reasonRef: RefObject<HTMLTextAreaElement | null>;
  readonly onDone: (sentence: string) => void;
};

function Choice({ title, text, isChosen, onChoose, keyCap }: ChoiceProps) {
  return (
    <button
      type="button"
      role="radio"
      aria-checked={isChosen}
      onClick={onChoose}
      className={classNames(
        "flex gap-3 rounded-control border px-3 py-2 text-left",
        isChosen
          ? "border-harbour bg-table-head shadow-[inset_0_0_0_1px_var(--harbour)]"
          : "border-line2 hover:bg-hover",
      )}
    >
      <span
        aria-hidden
        className={classNames(
          "mt-0.5 size-4 shrink-0 rounded-full border",
          isChosen ? "border-[5px] border-harbour" : "border-field",
        )}
      />
      <span className="flex-1">
        <span className="block font-semibold">{title}</span>
        <span className="block text-small text-ink-soft">{text}</span>
      </span>
      <Keys of={keyCap} />
    </button>
  );
}

type ChoiceProps = {
  readonly title: string;
  readonly text: string;
  readonly keyCap: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
};
