import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { newId } from "@mainstay/kernel";
import { classNames } from "@mainstay/ui";
import type { StaffThreadWhole } from "@mainstay/wire";
import { Check, Send } from "lucide-react";
import { useEffect, useRef, useState, type RefObject } from "react";
import { answerThread, finishThread, threadQuery } from "../../api/bank.ts";
import { sentenceOf } from "../../api/request.ts";
import { browserClock, browserRandom } from "../../browser.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { TextArea, Trouble } from "../../parts/field.tsx";
import { Scroll } from "../../parts/scroll.tsx";
import { Time } from "../../parts/time.tsx";
import { Nothing, RowsToCome } from "../page.tsx";
import { ThreadBadge } from "./thread-badge.tsx";

/** The longest answer, in UTF-16 units. */
const answer_length_max = 2_000;

const sides = {
  customer: "mr-12 bg-well",
  bank: "ml-12 border border-line bg-surface",
  staff: "ml-12 bg-harbour-tint text-harbour-tint-ink",
} as const;

function Entries({ thread }: { readonly thread: StaffThreadWhole }) {
  const end = useRef<HTMLLIElement>(null);
  const { length } = thread.entries;
  useEffect(() => end.current?.scrollIntoView({ block: "end" }), [length]);
  return (
    <Scroll label="What was written" className="flex-1">
      <ol className="flex flex-col gap-2.5 px-4 py-3">
        {thread.entries.map((entry) => (
          <li key={entry.id} className={classNames("rounded-control px-3 py-2", sides[entry.from])}>
            <div className="flex items-baseline justify-between gap-3 text-small">
              <span className="font-semibold">
                {entry.from === "customer" ? thread.customer.name : (entry.name ?? "Mainstay")}
              </span>
              <span>
                <Time at={entry.at} />
              </span>
            </div>
            {/* What anybody wrote is text, and nothing else. */}
            <p className="break-words whitespace-pre-wrap">{entry.text}</p>
          </li>
        ))}
        <li ref={end} aria-hidden />
      </ol>
    </Scroll>
  );
}

/** Sends what is typed, and says that nothing more is to be done. */
function useThreadCommands(thread: StaffThreadWhole, text: string, onSent: () => void) {
  const client = useQueryClient();
  // The same words again, after an answer that was lost, are the same answer.
  const [entry, setEntry] = useState({ id: "", text: "" });
  const keep = (whole: StaffThreadWhole) => {
    client.setQueryData(threadQuery(thread.id).queryKey, whole);
    void client.invalidateQueries({ queryKey: ["threads", "waiting"] });
  };
  const answer = useMutation({
    mutationFn: () => {
      const id =
        entry.text === text ? entry.id : newId("ent", { clock: browserClock, random: browserRandom });
      setEntry({ id, text });
      return answerThread(thread.id, { id, text });
    },
    onSuccess: (whole) => {
      keep(whole);
      onSent();
    },
  });
  const finish = useMutation({ mutationFn: () => finishThread(thread.id), onSuccess: keep });
  return { answer, finish, error: answer.error ?? finish.error };
}

function Answer({ thread, answerRef }: AnswerProps) {
  const [text, setText] = useState("");
  const { answer, finish, error } = useThreadCommands(thread, text, () => setText(""));
  const canSend = text.trim() !== "" && !answer.isPending;
  return (
    <form
      className="flex shrink-0 flex-col gap-2 border-t border-line px-4 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSend) answer.mutate();
      }}
    >
      <TextArea
        label={`Answer ${thread.customer.name}`}
        inputRef={answerRef}
        rows={4}
        maxLength={answer_length_max}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
          event.preventDefault();
          if (canSend) answer.mutate();
        }}
      />
      <Trouble>{error === null ? null : sentenceOf(error)}</Trouble>
      <div className="flex items-center gap-2">
        <span className="money mr-auto text-small text-ink-soft">
          They read your first name. {text.length > 1_500 && `${answer_length_max - text.length} left`}
        </span>
        {thread.waitsFor === "bank" && (
          <Button
            busy={finish.isPending}
            icon={<Check size={15} strokeWidth={1.9} aria-hidden />}
            onClick={() => finish.mutate()}
          >
            Needs no answer
          </Button>
        )}
        <Button
          type="submit"
          look="primary"
          keys="mod+Enter"
          disabled={!canSend}
          busy={answer.isPending}
          icon={<Send size={15} strokeWidth={1.9} aria-hidden />}
        >
          Send
        </Button>
      </div>
    </form>
  );
}

type AnswerProps = {
  readonly thread: StaffThreadWhole;
  readonly answerRef: RefObject<HTMLTextAreaElement | null>;
};

/** One conversation, whole, and the answer to it. */
export function Conversation({ id, answerRef }: ConversationProps) {
  const query = useQuery(threadQuery(id));
  const thread = query.data;
  if (thread === undefined) {
    return (
      <Card>
        {query.isError ? (
          <Nothing title="This conversation can’t be shown">{sentenceOf(query.error)}</Nothing>
        ) : (
          <RowsToCome rows={5} />
        )}
      </Card>
    );
  }
  return (
    <Card title={thread.subject} aside={<ThreadBadge waitsFor={thread.waitsFor} />} className="min-w-0">
      <Entries thread={thread} />
      <Answer thread={thread} answerRef={answerRef} />
    </Card>
  );
}

type ConversationProps = {
  readonly id: string;
  readonly answerRef: RefObject<HTMLTextAreaElement | null>;
};
