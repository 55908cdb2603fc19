import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Approval } from "@mainstay/wire";
import { useMemo, useRef, useState } from "react";
import { sessionQuery } from "../../api/queries.ts";
import { approvalsQuery } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { useChanges } from "../../api/stream.ts";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { countText, none_sign, peopleText } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { ageOf, Time, useNow } from "../../parts/time.tsx";
import { usePageKeys, type PageKey } from "../../shell/page-keys.ts";
import { Nothing, PageHead, RowsToCome } from "../page.tsx";
import { ApprovalDecision } from "./approval-decision.tsx";
import { ApprovalPeople } from "./approval-people.tsx";
import { approval_kinds, approval_states, isOpenApproval } from "./approval-words.ts";
import { SignedText } from "./signing.tsx";

function List({ approvals, chosen, onChoose, now }: ListProps) {
  return (
    <Table
      label="Approvals, waiting ones first"
      columns={["What", "State", "Asked by", { name: "People", isNumeric: true }, "Waiting"]}
    >
      {approvals.map((approval) => (
        <Row key={approval.id} isChosen={approval.id === chosen?.id} onChoose={() => onChoose(approval.id)}>
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
      ))}
    </Table>
  );
}

type ListProps = {
  readonly approvals: readonly Approval[];
  readonly chosen: Approval | undefined;
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

const none: readonly Approval[] = [];

/** What waits for a second person, and what was decided last. */
export function ApprovalsPage() {
  const query = useQuery(approvalsQuery);
  const session = useQuery(sessionQuery);
  const mayChange = session.data?.staff.roles.includes("release-manager") === true;
  const approvals = query.data?.approvals ?? none;
  const now = useNow(15_000);
  const [chosenId, setChosen] = useState<string | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const side = useRef<HTMLDivElement>(null);
  const chosen = approvals.find(({ id }) => id === chosenId) ?? approvals[0];
  const keys = useMemo<readonly PageKey[]>(() => {
    const step = (by: number) => () => {
      const at = approvals.findIndex(({ id }) => id === chosen?.id);
      const next = approvals[Math.min(Math.max(at + by, 0), approvals.length - 1)];
      if (next) setChosen(next.id);
    };
    const all: PageKey[] = [
      { name: "move", keys: { j: step(1), k: step(-1) } },
      { name: "reason", keys: { r: () => side.current?.querySelector("textarea")?.focus() } },
    ];
    return all;
  }, [approvals, chosen]);
  usePageKeys(keys);
  useChanges("/api/releases/events-stream", [["approvals"]]);
  const waiting = query.data?.waiting ?? 0;
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
          {query.isPending && <RowsToCome rows={5} />}
          {query.isError && <Nothing title="Approvals can’t be shown">{sentenceOf(query.error)}</Nothing>}
          {query.isSuccess && approvals.length === 0 && (
            <Nothing title="Nothing waits for a second person">
              What touches many people appears here when somebody asks for it, until a colleague has signed
              too.
            </Nothing>
          )}
          {approvals.length > 0 && (
            <List approvals={approvals} chosen={chosen} onChoose={setChosen} now={now} />
          )}
        </Card>
        {chosen && (
          <div ref={side} className="flex min-h-0 w-[340px] shrink-0 flex-col gap-3 overflow-y-auto">
            <Detail approval={chosen} mayChange={mayChange} onDone={setSaid} />
          </div>
        )}
      </div>
    </>
  );
}
