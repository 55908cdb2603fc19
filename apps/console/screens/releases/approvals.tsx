import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Approval, Message } from "@mainstay/wire";
import { useRef, useState } from "react";
import { messagesQuery } from "../../api/messages.ts";
import { sessionQuery } from "../../api/queries.ts";
import { approvalsQuery } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { useChanges } from "../../api/stream.ts";
import { useWaiting } from "../../api/waiting.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { countText, none_sign, peopleText } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { ageOf, Time, useNow } from "../../parts/time.tsx";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import type { ComposerAction } from "../messages/composer.tsx";
import { MessageDetail } from "../messages/message-detail.tsx";
import { MessageDialog } from "../messages/message-dialog.tsx";
import { MessageText } from "../messages/message-text.tsx";
import { messageBadge } from "../messages/message-words.ts";
import { Nothing, PageHead, RowsToCome } from "../page.tsx";
import { ApprovalDecision } from "./approval-decision.tsx";
import { ApprovalPeople } from "./approval-people.tsx";
import { approval_kinds, approval_states, isOpenApproval } from "./approval-words.ts";
import { SignedText } from "./signing.tsx";

function ApprovalRow({ approval, isChosen, onChoose, now }: ApprovalRowProps) {
  return (
    <Row isChosen={isChosen} onChoose={onChoose}>
      <Cell below={approval.version === null ? none_sign : `version ${approval.version}`}>
        <span className="font-semibold">{approval_kinds[approval.kind]}</span>
      </Cell>
      <Cell isTight>
        <Badge tone={approval_states[approval.state].tone}>{approval_states[approval.state].text}</Badge>
      </Cell>
      <Cell isTight>{approval.first.name}</Cell>
      <Cell isRight>{countText(approval.people)}</Cell>
      <Cell isNumeric isSoft>
        {isOpenApproval(approval) ? (
          ageOf(approval.askedAt, now)
        ) : (
          <Time at={approval.decidedAt ?? approval.askedAt} />
        )}
      </Cell>
    </Row>
  );
}

type ApprovalRowProps = {
  readonly approval: Approval;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
  readonly now: Date;
};

/** A message that two must sign stands among what waits. */
function MessageRow({ message, isChosen, onChoose, now }: MessageRowProps) {
  const badge = messageBadge(message.state);
  return (
    <Row isChosen={isChosen} onChoose={onChoose}>
      <Cell
        below={
          <span className="line-clamp-1">
            <MessageText text={message.subject} />
          </span>
        }
      >
        <span className="font-semibold">Message to those affected</span>
      </Cell>
      <Cell isTight>
        <Badge tone={badge.tone}>{badge.text}</Badge>
      </Cell>
      <Cell isTight>{message.first?.name ?? none_sign}</Cell>
      <Cell isRight>{countText(message.recipients.now + message.recipients.later)}</Cell>
      <Cell isNumeric isSoft>
        {ageOf(message.first?.signedAt ?? message.createdAt, now)}
      </Cell>
    </Row>
  );
}

type MessageRowProps = Omit<ApprovalRowProps, "approval"> & { readonly message: Message };

function List({ messages, approvals, chosen, onChoose, now }: ListProps) {
  return (
    <Table
      label="Approvals, waiting ones first"
      columns={["What", "State", "Asked by", { name: "People", isNumeric: true }, "Waiting"]}
    >
      {messages.map((message) => (
        <MessageRow
          key={message.id}
          {...{ message, now }}
          isChosen={message.id === chosen}
          onChoose={() => onChoose(message.id)}
        />
      ))}
      {approvals.map((approval) => (
        <ApprovalRow
          key={approval.id}
          {...{ approval, now }}
          isChosen={approval.id === chosen}
          onChoose={() => onChoose(approval.id)}
        />
      ))}
    </Table>
  );
}

type ListProps = {
  readonly messages: readonly Message[];
  readonly approvals: readonly Approval[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
  readonly now: Date;
};

/** One approval: who asks and why, whom it touches, what is signed, and the two buttons. */
function Detail({ approval, mayChange, onDone }: DetailProps) {
  const isOpen = isOpenApproval(approval);
  return (
    <Card
      title={approval_kinds[approval.kind]}
      aside={
        isOpen ? (
          <>
            until <Time at={approval.expiresAt} />
          </>
        ) : undefined
      }
      className="shrink-0"
    >
      <div className="flex flex-col gap-3 px-4 py-3">
        <ApprovalPeople approval={approval} />
        <p className="money rounded-control bg-lamp-tint px-3 py-2 text-small text-lamp-ink">
          It touches {peopleText(approval.people)}.{" "}
          {approval.rollout !== null && (
            <Link to="/rollouts/$id" params={{ id: approval.rollout }} className="font-semibold underline">
              The rollout
            </Link>
          )}
          {approval.rollout === null && approval.version !== null && (
            <Link
              to="/releases/$version/checks"
              params={{ version: approval.version }}
              className="font-semibold underline"
            >
              Its checks
            </Link>
          )}
        </p>
        <SignedText approval={approval} />
        {isOpen && mayChange && (
          <ApprovalDecision
            key={approval.id}
            approval={approval}
            look={approval.kind === "override-checks" ? "danger" : "primary"}
            onDone={onDone}
          />
        )}
      </div>
    </Card>
  );
}

type DetailProps = {
  readonly approval: Approval;
  /** Whether whoever looks has the role that signs and declines. */
  readonly mayChange: boolean;
  readonly onDone: (sentence: string) => void;
};

/** What waits for a second person, as it is asked for: approvals, and messages that one has signed. */
function useWaitingThings() {
  const query = useQuery(approvalsQuery);
  const { data } = useQuery(messagesQuery);
  const approvals = query.data?.approvals ?? [];
  const messages = (data?.messages ?? []).filter(({ state }) => state === "waiting");
  const [chosenId, choose] = useState<string | null>(null);
  const ids = [...messages.map(({ id }) => id), ...approvals.map(({ id }) => id)];
  const chosen = ids.find((id) => id === chosenId) ?? ids[0];
  const step = (by: number) => () => {
    const next = ids[Math.min(Math.max(ids.indexOf(chosen ?? "") + by, 0), ids.length - 1)];
    if (next !== undefined) choose(next);
  };
  return { query, approvals, messages, chosen, choose, step };
}

/** What stands where the list would. */
function NoList({ query }: { readonly query: ReturnType<typeof useWaitingThings>["query"] }) {
  if (query.isPending) return <RowsToCome rows={5} />;
  if (query.isError) return <Nothing title="Approvals can’t be shown">{sentenceOf(query.error)}</Nothing>;
  return (
    <Nothing title="Nothing waits for a second person">
      What touches many people appears here when somebody asks for it, until a colleague has signed too.
    </Nothing>
  );
}

/** What waits for a second person, and what was decided last. */
export function ApprovalsPage() {
  const { query, approvals, messages, chosen, choose, step } = useWaitingThings();
  const session = useQuery(sessionQuery);
  const mayChange = session.data?.staff.roles.includes("release-manager") === true;
  const now = useNow(15_000);
  const waiting = useWaiting();
  const [said, setSaid] = useState<string | null>(null);
  const [opened, setOpened] = useState<ComposerAction | null>(null);
  const side = useRef<HTMLDivElement>(null);
  const approval = approvals.find(({ id }) => id === chosen);
  const message = messages.find(({ id }) => id === chosen);
  useLivePageKeys([
    { name: "move", keys: { j: step(1), k: step(-1) } },
    { name: "reason", keys: { r: () => side.current?.querySelector("textarea")?.focus() } },
  ]);
  useChanges("/api/releases/events-stream", [["approvals"], ["messages"]]);
  return (
    <>
      <PageHead title="Approvals">
        {query.isSuccess &&
          (waiting === 0 ? (
            <Badge tone="good">Nothing waits</Badge>
          ) : (
            <Badge tone="lamp">{waiting} waiting</Badge>
          ))}
        <span role="status" className="text-ink-soft">
          {said}
        </span>
      </PageHead>
      <div className="flex min-h-0 flex-1 gap-3">
        <Card
          className="min-w-0 flex-1"
          foot={<span>Waiting ones first, then the latest that were decided</span>}
        >
          {approvals.length + messages.length === 0 ? (
            <NoList query={query} />
          ) : (
            <List {...{ approvals, messages, chosen, now }} onChoose={choose} />
          )}
        </Card>
        {chosen !== undefined && (
          <div ref={side} className="flex min-h-0 w-[340px] shrink-0 flex-col gap-3 overflow-y-auto">
            {approval && <Detail approval={approval} mayChange={mayChange} onDone={setSaid} />}
            {message && <MessageDetail {...{ message, mayChange }} onAction={setOpened} />}
          </div>
        )}
      </div>
      {message && opened !== null && (
        <MessageDialog {...{ message, opened }} onClose={() => setOpened(null)} />
      )}
    </>
  );
}
