import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { LedgerOverview } from "@mainstay/wire";
import { Check, Play, TriangleAlert } from "lucide-react";
import { Fragment, useState } from "react";
import { checkLedger, ledgerQuery } from "../../api/bank.ts";
import { sessionQuery } from "../../api/queries.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Trouble } from "../../parts/field.tsx";
import { Money } from "../../parts/money.tsx";
import { countText } from "../../parts/numbers.ts";
import { Time } from "../../parts/time.tsx";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import { Nothing, PageHead, RowsToCome } from "../page.tsx";
import { Checker, Feed } from "./checker.tsx";
import { heldOf, isInBalance } from "./ledger-words.ts";
import { lineKey, TrialBalance } from "./trial-balance.tsx";

function Balanced({ ledger }: { readonly ledger: LedgerOverview }) {
  const isRight = isInBalance(ledger);
  return (
    <>
      <Badge tone={isRight ? "good" : "danger"} icon={isRight ? Check : TriangleAlert}>
        {isRight ? "In balance" : "Out of balance"}
      </Badge>
      <span className="text-ink-soft">
        as of <Time at={ledger.asOf} form="second" />
      </span>
    </>
  );
}

/** What of customers' money is set aside for payments under way. */
function SetAside({ ledger }: { readonly ledger: LedgerOverview }) {
  const held = ledger.currencies.filter((currency) => heldOf(currency) > 0);
  if (held.length === 0) return <span>Nothing is set aside for payments under way</span>;
  return (
    <span>
      {held.map((currency) => (
        <Fragment key={currency.currency}>
          <Money value={{ minor: heldOf(currency), currency: currency.currency }} />{" "}
        </Fragment>
      ))}
      set aside for payments under way
    </span>
  );
}

/** Begins a check, and shows that it runs. */
function useCheck() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: checkLedger,
    onSuccess: () => client.invalidateQueries({ queryKey: ledgerQuery.queryKey, exact: true }),
  });
}

/** The lines of the trial balance by keys: J and K go through them, Enter opens the entries of one. */
function useLines(ledger: LedgerOverview | undefined) {
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<string | null>(null);
  const lines = (ledger?.currencies ?? []).flatMap(({ currency, lines: own }) =>
    own.map((line) => ({ key: lineKey(currency, line), account: line.account })),
  );
  const at = lines.findIndex(({ key }) => key === chosen);
  const step = (by: number) => () => {
    const next = lines[Math.min(Math.max(at + by, 0), lines.length - 1)];
    if (next) setChosen(next.key);
  };
  const open = () => {
    const account = lines[at]?.account ?? null;
    if (account !== null) void navigate({ to: "/ledger/entries", search: { account } });
  };
  return { chosen, setChosen, step, open, count: lines.length };
}

/** The book: what every account holds, what the checker found, how far the feed is read. */
export function LedgerPage() {
  const query = useQuery(ledgerQuery);
  const { data: session } = useQuery(sessionQuery);
  const mayCheck = session?.staff.roles.includes("payments") === true;
  const ledger = query.data;
  const check = useCheck();
  const isRunning = check.isPending || ledger?.checker.isRunning === true;
  const { chosen, setChosen, step, open, count } = useLines(ledger);
  useLivePageKeys([
    { name: "accounts", keys: { j: step(1), k: step(-1) } },
    { name: "entries", keys: { Enter: open } },
    ...(mayCheck && !isRunning
      ? [{ name: "check now", keys: { "shift+l": () => check.mutate() }, isOnButton: true }]
      : []),
  ]);
  return (
    <>
      <PageHead
        title="Ledger"
        actions={
          mayCheck && (
            <Button
              look="primary"
              keys="shift+l"
              busy={isRunning}
              icon={<Play size={15} strokeWidth={1.9} aria-hidden />}
              onClick={() => check.mutate()}
            >
              {isRunning ? "Checking…" : "Check now"}
            </Button>
          )
        }
      >
        {ledger && <Balanced ledger={ledger} />}
      </PageHead>
      <Trouble>{check.isError ? sentenceOf(check.error) : null}</Trouble>
      <div
        className={classNames(
          "grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_348px] gap-3",
          "min-[1400px]:grid-cols-[minmax(0,1fr)_400px]",
        )}
      >
        <Card
          foot={
            <>
              <span className="money">{count === 1 ? "1 line" : `${countText(count)} lines`}</span>
              {ledger && <SetAside ledger={ledger} />}
            </>
          }
        >
          {ledger === undefined && query.isError && (
            <Nothing title="The ledger can’t be shown">{sentenceOf(query.error)}</Nothing>
          )}
          {query.isPending && <RowsToCome rows={8} />}
          {ledger && <TrialBalance currencies={ledger.currencies} chosen={chosen} onChoose={setChosen} />}
        </Card>
        <div className="flex min-h-0 flex-col gap-3">
          {ledger && (
            <>
              <Checker checker={ledger.checker} />
              <Feed {...ledger} />
            </>
          )}
        </div>
      </div>
    </>
  );
}
