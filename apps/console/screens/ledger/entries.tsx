import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearch } from "@tanstack/react-router";
import type { LedgerEntries } from "@mainstay/wire";
import { entriesQuery } from "../../api/bank.ts";
import { sentenceOf } from "../../api/request.ts";
import { Card } from "../../parts/card.tsx";
import { Figure, Money } from "../../parts/money.tsx";
import { countText, none_sign } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { dateText, Time } from "../../parts/time.tsx";
import { usePageFacts } from "../../shell/page-facts.ts";
import { Nothing, PageHead, RowsToCome } from "../page.tsx";
import { accountName, kindName } from "./ledger-words.ts";

/** The payment that a transfer belongs to; null where it belongs to none. */
function paymentOf(transfer: string): string | null {
  if (transfer.startsWith("domestic/")) return transfer.slice("domestic/".length);
  return transfer.startsWith("pay_") ? (transfer.split("/")[0] ?? null) : null;
}

/** A transfer's id on one line, whole on hover. */
function Transfer({ id }: { readonly id: string }) {
  return (
    <span title={id} className="block max-w-[200px] truncate min-[1400px]:max-w-[320px]">
      {id}
    </span>
  );
}

/** A customer's account by its end, which tells it from another; one of the bank's own by its name. */
function shortAccount(account: string): string {
  const name = accountName(account);
  return name.includes("/") ? name : `${name.slice(0, 4)}…${name.slice(-6)}`;
}

function Entry({ entry }: { readonly entry: LedgerEntries["entries"][number] }) {
  const payment = paymentOf(entry.transfer);
  return (
    <Row density="dense">
      <Cell isSoft isNumeric>
        {countText(entry.number)}
      </Cell>
      <Cell isSoft isTight>
        <Time at={entry.at} form="weekday" />
      </Cell>
      <Cell isTight>{entry.kind}</Cell>
      <Cell isWide>
        {payment === null ? (
          <Transfer id={entry.transfer} />
        ) : (
          <Link
            to="/payments/$id"
            params={{ id: payment }}
            className="inline-block border-b border-line2 hover:border-current"
          >
            <Transfer id={entry.transfer} />
          </Link>
        )}
      </Cell>
      <Cell isSoft isTight>
        <span title={entry.other}>{shortAccount(entry.other)}</span>
      </Cell>
      <Cell isSoft isTight>
        {entry.valueDate === null ? none_sign : dateText(entry.valueDate)}
      </Cell>
      <Cell isRight>{entry.amount.minor < 0 && <Figure value={positive(entry.amount)} />}</Cell>
      <Cell isRight>{entry.amount.minor > 0 && <Figure value={entry.amount} />}</Cell>
      <Cell isRight>
        <Figure value={entry.balanceAfter} />
      </Cell>
    </Row>
  );
}

function positive(amount: LedgerEntries["balance"]): LedgerEntries["balance"] {
  return { ...amount, minor: Math.abs(amount.minor) };
}

/** The entries of one of the bank's own accounts, newest first. */
export function EntriesPage() {
  const { account } = useSearch({ from: "/frame/ledger/entries" });
  const query = useInfiniteQuery(entriesQuery(account));
  const pages = query.data?.pages ?? [];
  const [first] = pages;
  const entries = pages.flatMap((page) => page.entries);
  usePageFacts([
    { name: "Ledger", to: "/ledger" },
    { name: accountName(account), to: null },
  ]);
  return (
    <>
      <PageHead title={first === undefined ? "Entries" : kindName(first.kind)}>
        <span className="text-ink-soft">{accountName(account)}</span>
        {first && (
          <span className="font-semibold">
            <Money value={first.balance} />
          </span>
        )}
      </PageHead>
      <Card
        className="flex-1"
        foot={
          <>
            <span className="money">{countText(entries.length)} shown, newest first</span>
            {query.hasNextPage && (
              <button
                type="button"
                className="font-semibold text-harbour hover:underline"
                onClick={() => void query.fetchNextPage()}
              >
                Older
              </button>
            )}
          </>
        }
      >
        {query.isPending && <RowsToCome rows={8} />}
        {query.isError && <Nothing title="These entries can’t be shown">{sentenceOf(query.error)}</Nothing>}
        {query.isSuccess && entries.length === 0 && (
          <Nothing title="No entry">Nothing has moved on this account.</Nothing>
        )}
        {entries.length > 0 && (
          <Table
            label="Entries, newest first"
            columns={[
              { name: "No.", isNumeric: true },
              "Booked",
              "Kind",
              "Transfer",
              "Other side",
              "Value date",
              { name: "Debit", isNumeric: true },
              { name: "Credit", isNumeric: true },
              { name: "Balance", isNumeric: true },
            ]}
          >
            {entries.map((entry) => (
              <Entry key={entry.number} entry={entry} />
            ))}
          </Table>
        )}
      </Card>
    </>
  );
}
