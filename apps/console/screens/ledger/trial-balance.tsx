import { Link } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { LedgerOverview } from "@mainstay/wire";
import { Check, TriangleAlert } from "lucide-react";
import { Fragment } from "react";
import { Figure } from "../../parts/money.tsx";
import { countText } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { accountName, currencyName, kindName } from "./ledger-words.ts";

type Currency = LedgerOverview["currencies"][number];
type Line = Currency["lines"][number];

const columns = [
  "Account",
  { name: "Customers", isNumeric: true },
  { name: "Debit", isNumeric: true },
  { name: "Credit", isNumeric: true },
  { name: "Difference", isNumeric: true },
];

/** Nothing where there is none: a trial balance has each figure on one side. */
function Side({ value }: { readonly value: Line["debit"] }) {
  return value.minor === 0 ? null : <Figure value={value} />;
}

function Sum({ currency }: { readonly currency: Currency }) {
  const isRight = currency.difference.minor === 0;
  const Sign = isRight ? Check : TriangleAlert;
  return (
    <tr className="[&>td]:bg-table-head">
      <Cell>
        <span className="font-semibold">{currency.currency}</span>{" "}
        <span className="text-ink-soft">{currencyName(currency.currency)}</span>
      </Cell>
      <Cell isRight>{""}</Cell>
      <Cell isRight>
        <span className="font-semibold">
          <Figure value={currency.debit} />
        </span>
      </Cell>
      <Cell isRight>
        <span className="font-semibold">
          <Figure value={currency.credit} />
        </span>
      </Cell>
      <Cell isRight>
        <span
          className={classNames(
            "inline-flex items-center gap-1.5 font-semibold",
            isRight ? "text-good" : "text-danger",
          )}
        >
          <Sign size={14} strokeWidth={2.2} aria-hidden />
          <Figure value={currency.difference} />
        </span>
      </Cell>
    </tr>
  );
}

/** An account of the bank's own leads to its entries; its id is said where others are of its kind. */
function Account({ line, isOneOfMany }: { readonly line: Line; readonly isOneOfMany: boolean }) {
  if (line.account === null) return <span className="font-medium">{kindName(line.kind)}</span>;
  return (
    <Link
      to="/ledger/entries"
      search={{ account: line.account }}
      onClick={(event) => event.stopPropagation()}
      className="border-b border-line2 font-medium hover:border-current"
    >
      <span title={line.account}>
        {kindName(line.kind)}
        {isOneOfMany && <span className="font-normal text-ink-soft"> {accountName(line.account)}</span>}
      </span>
    </Link>
  );
}

/** Every currency with its accounts: customers' of a kind as one line, the bank's own each for itself. */
export function TrialBalance({ currencies, chosen, onChoose }: TrialBalanceProps) {
  return (
    <Table label="Trial balance" columns={columns}>
      {currencies.map((currency) => (
        <Fragment key={currency.currency}>
          <Sum currency={currency} />
          {currency.lines.map((line) => {
            const key = lineKey(currency.currency, line);
            return (
              <Row key={key} density="dense" isChosen={key === chosen} onChoose={() => onChoose(key)}>
                <Cell isTight>
                  <Account
                    line={line}
                    isOneOfMany={currency.lines.filter(({ kind }) => kind === line.kind).length > 1}
                  />
                </Cell>
                <Cell isRight isSoft>
                  {line.account === null ? countText(line.accounts) : ""}
                </Cell>
                <Cell isRight>
                  <Side value={line.debit} />
                </Cell>
                <Cell isRight>
                  <Side value={line.credit} />
                </Cell>
                <Cell isRight>{""}</Cell>
              </Row>
            );
          })}
        </Fragment>
      ))}
    </Table>
  );
}

/** Names a line among all. */
export function lineKey(currency: string, { kind, account }: Line): string {
  return `${currency} ${kind} ${account ?? ""}`;
}

type TrialBalanceProps = Pick<LedgerOverview, "currencies"> & {
  readonly chosen: string | null;
  readonly onChoose: (key: string) => void;
};
