import { useQuery } from "@tanstack/react-query";
import type { Referral } from "@mainstay/wire";
import { useMemo, useRef, useState } from "react";
import { referralsQuery } from "../api/queries.ts";
import { sentenceOf } from "../api/request.ts";
import { Badge } from "../parts/badge.tsx";
import { Card } from "../parts/card.tsx";
import { Cell, Row, Table } from "../parts/table.tsx";
import { ageOf, Time, useNow } from "../parts/time.tsx";
import { usePageKeys, type PageKey } from "../shell/page-keys.ts";
import { Nothing, PageHead, RowsToCome } from "./page.tsx";
import { Decide, type Decision } from "./referral-decision.tsx";
import { Applicant, reasonText } from "./referral-applicant.tsx";

/** A referral waits on a person: after this long it is marked. */
const late_ms = 60 * 60_000;

function Queue({ referrals, chosen, onChoose, now }: QueueProps) {
  return (
    <Table label="Registrations that wait for a decision" columns={["Applicant", "Why", "Town", "Waiting"]}>
      {referrals.map((referral) => {
        const isLate = now.getTime() - new Date(referral.referredAt).getTime() > late_ms;
        const [first = "–", ...more] = referral.reasons;
        return (
          <Row
            key={referral.registrationId}
            isChosen={referral.registrationId === chosen?.registrationId}
            onChoose={() => onChoose(referral.registrationId)}
          >
            <Cell below={referral.email}>
              <span className="font-semibold">{referral.name}</span>
            </Cell>
            <Cell below={more.length === 0 ? " " : `and ${more.length} more`}>{reasonText(first)}</Cell>
            <Cell below={referral.address.postcode}>{referral.address.town}</Cell>
            <Cell isNumeric below={<Time at={referral.referredAt} />}>
              {isLate ? (
                <Badge tone="lamp">{ageOf(referral.referredAt, now)}</Badge>
              ) : (
                ageOf(referral.referredAt, now)
              )}
            </Cell>
          </Row>
        );
      })}
    </Table>
  );
}

type QueueProps = {
  readonly referrals: readonly Referral[];
  readonly chosen: Referral | undefined;
  readonly onChoose: (id: string) => void;
  readonly now: Date;
};

/**
 * What stands where the queue would: its shape while it comes, why it can't be shown, or that nobody waits.
 */
function NoQueue({ isPending, error }: { readonly isPending: boolean; readonly error: Error | null }) {
  if (isPending) return <RowsToCome rows={4} />;
  if (error) return <Nothing title="The queue can’t be shown">{sentenceOf(error)}</Nothing>;
  return (
    <Nothing title="Nobody waits">
      Whoever opens an account and can’t be recognised by machine appears here, by itself.
    </Nothing>
  );
}

function Count({ waiting }: { readonly waiting: number }) {
  if (waiting === 0) return <Badge tone="good">Nobody waits</Badge>;
  return <Badge tone="lamp">{waiting} waiting</Badge>;
}

/** The page's keys: J and K go through the queue, 1 and 2 choose, R goes to the reason. */
function useReferralKeys(deps: {
  readonly referrals: readonly Referral[];
  readonly chosen: Referral | undefined;
  readonly choose: (id: string) => void;
  readonly setDecision: (decision: Decision) => void;
  readonly toReason: () => void;
}): void {
  const { referrals, chosen, choose, setDecision, toReason } = deps;
  const keys = useMemo<readonly PageKey[]>(() => {
    const step = (by: number) => () => {
      const at = referrals.findIndex(({ registrationId }) => registrationId === chosen?.registrationId);
      const next = referrals[Math.min(Math.max(at + by, 0), referrals.length - 1)];
      if (next) choose(next.registrationId);
    };
    const all: PageKey[] = [
      { name: "move", keys: { j: step(1), k: step(-1) } },
      { name: "decide", keys: { "1": () => setDecision("pass"), "2": () => setDecision("fail") } },
      { name: "reason", keys: { r: toReason } },
    ];
    return all;
  }, [referrals, chosen, choose, setDecision, toReason]);
  usePageKeys(keys);
}

const none: readonly Referral[] = [];

/** Registrations that the identity check couldn't settle: a person passes or fails each, with a reason. */
export function ReferralsPage() {
  const query = useQuery(referralsQuery);
  const referrals = query.data ?? none;
  const now = useNow(15_000);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [decision, setDecision] = useState<Decision | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const reason = useRef<HTMLTextAreaElement>(null);
  const chosen = referrals.find(({ registrationId }) => registrationId === chosenId) ?? referrals[0];
  const actions = useMemo(
    () => ({
      choose: (id: string) => {
        setChosenId(id);
        setDecision(null);
      },
      setDecision: (next: Decision) => setDecision(next),
      toReason: () => reason.current?.focus(),
    }),
    [],
  );
  useReferralKeys({ referrals, chosen, ...actions });
  return (
    <>
      <PageHead title="Referrals">
        {query.isSuccess && <Count waiting={referrals.length} />}
        <span role="status" className="text-ink-soft">
          {said}
        </span>
      </PageHead>
      <div className="flex min-h-0 flex-1 gap-3">
        <Card
          className="min-w-0 flex-1"
          foot={
            <>
              <span>{referrals.length === 0 ? "None" : `${referrals.length}, longest waiting first`}</span>
              <span>Every look is in the bank’s audit</span>
            </>
          }
        >
          {referrals.length > 0 ? (
            <Queue referrals={referrals} chosen={chosen} onChoose={actions.choose} now={now} />
          ) : (
            <NoQueue isPending={query.isPending} error={query.error} />
          )}
        </Card>
        {chosen && (
          <div className="flex min-h-0 w-[340px] shrink-0 flex-col gap-3">
            <Applicant referral={chosen} now={now} />
            <Decide
              key={chosen.registrationId}
              referral={chosen}
              decision={decision}
              onDecide={setDecision}
              reasonRef={reason}
              onDone={(sentence) => {
                setSaid(sentence);
                setDecision(null);
              }}
            />
          </div>
        )}
      </div>
    </>
  );
}
