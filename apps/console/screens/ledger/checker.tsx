import { classNames } from "@mainstay/ui";
import type { LedgerOverview } from "@mainstay/wire";
import { Check, TriangleAlert } from "lucide-react";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { countText } from "../../parts/numbers.ts";
import { Scroll } from "../../parts/scroll.tsx";
import { exactSpanText, spanText, Time, timeText } from "../../parts/time.tsx";
import { Nothing } from "../page.tsx";
import { checkName, tookText } from "./ledger-words.ts";

type Report = NonNullable<LedgerOverview["checker"]["last"]>;

function Line({ line }: { readonly line: Report["lines"][number] }) {
  const isRight = line.mismatches === 0;
  const Sign = isRight ? Check : TriangleAlert;
  return (
    <li className="py-1">
      <div className="flex items-center gap-2.5" title={line.name}>
        <Sign
          size={14}
          strokeWidth={2.2}
          aria-label={isRight ? "holds" : "doesn’t hold"}
          className={classNames("shrink-0", isRight ? "text-good" : "text-danger")}
        />
        <span className={classNames("min-w-0 flex-1 truncate font-medium", !isRight && "text-danger")}>
          {checkName(line.name)}
        </span>
        <span className="money text-small text-ink-soft">{countText(line.checked)}</span>
        <span className="money w-12 text-right text-small text-ink-soft">{tookText(line.took_ms)}</span>
      </div>
      {!isRight && (
        <ul className="mt-1 ml-6 text-small text-danger">
          <li className="font-semibold">{countText(line.mismatches)} wrong</li>
          {line.examples.slice(0, 5).map((example) => (
            <li key={example} className="break-all">
              {example}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function History({ checker }: Pick<LedgerOverview, "checker">) {
  const { history, every_ms } = checker;
  const wrong = history.filter(({ isRight }) => !isRight).length;
  return (
    <div className="shrink-0 border-t border-line px-4 py-2.5">
      <div className="flex justify-between gap-3 text-small text-ink-soft">
        <span>
          The last {history.length === 1 ? "check" : `${history.length} checks`}, one every{" "}
          {spanText(every_ms)}
        </span>
        <span className={wrong === 0 ? undefined : "font-semibold text-danger"}>
          {wrong === 0 ? "no mismatch" : `${wrong} with a mismatch`}
        </span>
      </div>
      <div aria-hidden className="mt-1.5 flex h-4 gap-[2px]">
        {history.map(({ at, isRight }) => (
          <span
            key={at}
            title={`${timeText(at, "second")}: ${isRight ? "right" : "wrong"}`}
            className={classNames("max-w-3 flex-1 rounded-[2px]", isRight ? "bg-good" : "bg-danger")}
          />
        ))}
      </div>
    </div>
  );
}

/** What the checker found when it last read the whole book, line by line. */
export function Checker({ checker }: Pick<LedgerOverview, "checker">) {
  const { last, isRunning } = checker;
  const right = last?.lines.filter(({ mismatches }) => mismatches === 0).length ?? 0;
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          Checker
          {isRunning && <Badge tone="info">Checking…</Badge>}
          {!isRunning && last !== null && (
            <Badge tone={last.isRight ? "good" : "danger"} icon={last.isRight ? Check : TriangleAlert}>
              {right} of {last.lines.length} hold
            </Badge>
          )}
        </span>
      }
      aside={
        last !== null && (
          <span className="money">
            <Time at={last.at} form="second" />, took {tookText(last.took_ms)}
          </span>
        )
      }
      className="min-h-[160px]"
    >
      {last === null ? (
        <Nothing title="Not checked yet">
          The book is read whole every {spanText(checker.every_ms)} since the bank has started.
        </Nothing>
      ) : (
        <>
          <Scroll label="Checks">
            <ul className="px-4 py-2">
              {last.lines.map((line) => (
                <Line key={line.name} line={line} />
              ))}
            </ul>
          </Scroll>
          <History checker={checker} />
        </>
      )}
    </Card>
  );
}

/** How far each reader of the change feed has come, and what waits to be posted. */
export function Feed({ feed, queue, transfers, accounts }: FeedProps) {
  const behind = feed.filter(({ behind_ms }) => behind_ms > 10_000).length;
  return (
    <Card
      title="Change feed"
      aside={
        behind === 0 ? <Badge tone="good">Up to date</Badge> : <Badge tone="lamp">{behind} behind</Badge>
      }
      className="shrink-0"
    >
      <Facts>
        {feed.map(({ consumer, behind_ms, movedAt }) => (
          <Fact key={consumer} name={`Read by ${consumer}`}>
            <span className="money">
              {behind_ms === 0 ? "all of it" : `${exactSpanText(behind_ms)} behind`}
            </span>
            <span className="text-ink-soft">
              , at <Time at={movedAt} form="second" />
            </span>
          </Fact>
        ))}
        {feed.length === 0 && <Fact name="Read by">nobody yet</Fact>}
        <Fact name="Waiting to be posted">
          <span className="money">
            {countText(queue.waiting)}, {countText(queue.inFlight)} in flight
          </span>
        </Fact>
        <Fact name="Transfers">
          <span className="money">{countText(transfers)}</span>
        </Fact>
        <Fact name="Accounts">
          <span className="money">{countText(accounts)}</span>
        </Fact>
      </Facts>
    </Card>
  );
}

type FeedProps = Pick<LedgerOverview, "feed" | "queue" | "transfers" | "accounts">;
