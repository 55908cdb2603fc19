import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { StaffThreads } from "@mainstay/wire";
import { useEffect, useRef, useState } from "react";
import { threadsQuery, threadsWaitingQuery } from "../../api/bank.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { Segmented } from "../../parts/choice.tsx";
import { ageOf, useNow } from "../../parts/time.tsx";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import { Nothing, RowsToCome } from "../page.tsx";
import { Beside } from "./beside.tsx";
import { Conversation } from "./conversation.tsx";
import { ThreadBadge } from "./thread-badge.tsx";

type Row = StaffThreads["threads"][number];
type Which = "waiting" | "all";

const choices: readonly { readonly value: Which; readonly name: string }[] = [
  { value: "waiting", name: "Waiting" },
  { value: "all", name: "All" },
];

function List({ threads, chosen, which, onChoose }: ListProps) {
  const now = useNow(30_000);
  const place = useRef<HTMLUListElement>(null);
  useEffect(() => {
    place.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <ul ref={place} aria-label="Conversations" className="min-h-0 flex-1 overflow-y-auto">
      {threads.map((thread) => (
        <li key={thread.id}>
          <button
            type="button"
            aria-current={thread.id === chosen}
            onClick={() => onChoose(thread.id)}
            className={classNames(
              "flex w-full flex-col border-b border-line px-4 py-2 text-left hover:bg-hover",
              thread.id === chosen && "bg-hover shadow-[inset_2px_0_0_var(--harbour)]",
            )}
          >
            <span className="flex w-full items-baseline gap-2">
              <span className="min-w-0 flex-1 truncate font-semibold">{thread.customer.name}</span>
              <span className="money shrink-0 text-small text-ink-soft">{ageOf(thread.updatedAt, now)}</span>
            </span>
            <span className="w-full truncate">{thread.subject}</span>
            <span className="flex w-full items-center gap-2">
              <span className="min-w-0 flex-1 truncate text-small text-ink-soft">{thread.preview}</span>
              {thread.incident !== null && <Badge tone="danger">Incident</Badge>}
              {which === "all" && <ThreadBadge waitsFor={thread.waitsFor} />}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

type ListProps = {
  readonly threads: readonly Row[];
  readonly chosen: string | null;
  readonly which: Which;
  readonly onChoose: (id: string) => void;
};

/** What customers write: what waits, the conversation, and beside it whom and what it concerns. */
export function Conversations() {
  const { thread: asked } = useSearch({ from: "/frame/messages/conversations" });
  const navigate = useNavigate();
  const { data: waiting = 0 } = useQuery(threadsWaitingQuery);
  const [which, setWhich] = useState<Which>("waiting");
  const query = useQuery(threadsQuery(which, waiting));
  const threads = query.data?.threads ?? [];
  const chosen = asked ?? threads[0]?.id ?? null;
  const answer = useRef<HTMLTextAreaElement>(null);
  const choose = (id: string) =>
    void navigate({ to: "/messages/conversations", search: { thread: id }, replace: true });
  const step = (by: number) => () => {
    const at = threads.findIndex(({ id }) => id === chosen);
    const next = threads[Math.min(Math.max(at + by, 0), threads.length - 1)];
    if (next) choose(next.id);
  };
  useLivePageKeys([
    { name: "move", keys: { j: step(1), k: step(-1) } },
    { name: "answer", keys: { a: () => answer.current?.focus() } },
  ]);
  return (
    <div
      className={classNames(
        "grid min-h-0 flex-1 grid-cols-[272px_minmax(0,1fr)_264px] gap-3",
        "min-[1400px]:grid-cols-[300px_minmax(0,1fr)_284px]",
      )}
    >
      <Card
        title={which === "waiting" ? "Waiting" : "Newest"}
        aside={<Segmented label="Which" options={choices} value={which} onChange={setWhich} />}
        foot={<span>{which === "waiting" ? "Who has waited longest is first" : "The newest 100"}</span>}
      >
        {query.isPending && <RowsToCome rows={5} />}
        {query.isError && <Nothing title="They can’t be shown">{sentenceOf(query.error)}</Nothing>}
        {query.isSuccess && threads.length === 0 && (
          <Nothing title="Nobody waits">What a customer writes under Help appears here, by itself.</Nothing>
        )}
        {threads.length > 0 && <List {...{ threads, chosen, which }} onChoose={choose} />}
      </Card>
      {chosen === null ? (
        <Card>
          <Nothing title="No conversation">Choose one to read it.</Nothing>
        </Card>
      ) : (
        <Conversation key={chosen} id={chosen} answerRef={answer} />
      )}
      <div className="flex min-h-0 flex-col gap-3">{chosen !== null && <Beside id={chosen} />}</div>
    </div>
  );
}
