import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { CustomerFound, CustomersFound } from "@mainstay/wire";
import { Search } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { customersQuery, query_length_min } from "../../api/bank.ts";
import { sentenceOf } from "../../api/request.ts";
import { Card } from "../../parts/card.tsx";
import { Keys } from "../../parts/keys.tsx";
import { accountText } from "../../parts/money.tsx";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { useLivePageKeys } from "../../shell/page-keys.ts";
import { Nothing, PageHead, RowsToCome } from "../page.tsx";
import { found_by } from "./customer-words.ts";
import { KindBadge } from "./kind-badge.tsx";

/** How long typing rests before it is searched for, in milliseconds: each search is in the audit. */
const pause_ms = 450;

function SearchField({ inputRef, typed, onType, onKeyDown }: SearchFieldProps) {
  return (
    <div className="relative w-[460px]">
      <Search
        size={15}
        strokeWidth={1.9}
        aria-hidden
        className="pointer-events-none absolute top-2 left-2.5 text-ink-soft"
      />
      <input
        ref={inputRef}
        type="search"
        aria-label="Name, account, e-mail or reference"
        placeholder="Name, account number, IBAN, e-mail, reference"
        autoComplete="off"
        spellCheck={false}
        maxLength={80}
        value={typed}
        onChange={(event) => onType(event.target.value)}
        onKeyDown={onKeyDown}
        className={classNames(
          "h-8 w-full rounded-control border border-field bg-surface pr-10 pl-8 text-dense text-ink",
          "outline-offset-0 placeholder:text-ink-soft focus-visible:outline-2 focus-visible:outline-harbour",
          "[&::-webkit-search-cancel-button]:hidden",
        )}
      />
      <span className="pointer-events-none absolute top-[7px] right-2">
        <Keys of="/" />
      </span>
    </div>
  );
}

type SearchFieldProps = {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly typed: string;
  readonly onType: (typed: string) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
};

function Found({ customers, chosen, onChoose, onOpen }: FoundProps) {
  return (
    <Table label="Customers found" columns={["Customer", "Account", "E-mail", "Customer since", "Reference"]}>
      {customers.map((customer) => (
        <Row
          key={customer.ref}
          density="roomy"
          isChosen={customer.ref === chosen?.ref}
          onChoose={() => (customer.ref === chosen?.ref ? onOpen(customer) : onChoose(customer.ref))}
        >
          <Cell>
            <span className="flex items-center gap-2">
              <span className="font-semibold break-words">{customer.name}</span>
              <KindBadge kind={customer.kind} />
            </span>
          </Cell>
          <Cell isTight>
            {customer.accounts.length === 0
              ? "none"
              : customer.accounts
                  .map(({ sortCode, accountNumber }) => accountText(sortCode, accountNumber))
                  .join(", ")}
          </Cell>
          <Cell isSoft>
            <span className="break-all">{customer.email}</span>
          </Cell>
          <Cell isSoft isTight>
            <Time at={customer.customerSince} form="date" />
          </Cell>
          <Cell isSoft isTight>
            <span title={customer.ref}>{customer.ref.slice(0, 12)}…</span>
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

type FoundProps = {
  readonly customers: readonly CustomerFound[];
  readonly chosen: CustomerFound | undefined;
  readonly onChoose: (ref: string) => void;
  readonly onOpen: (customer: CustomerFound) => void;
};

function foundText({ by, found }: CustomersFound): string {
  if (found >= 200) return "200 or more found: type more of the name";
  return `${found === 1 ? "1 customer" : `${found} customers`} found ${found_by[by]}`;
}

function NoneFound({ isAsked, isPending, error }: NoneFoundProps) {
  if (!isAsked) {
    return (
      <Nothing title="Find a customer">
        By the beginning of a name, or by the whole of an account number, IBAN, e-mail address or reference.
      </Nothing>
    );
  }
  if (isPending) return <RowsToCome rows={6} />;
  if (error) return <Nothing title="The search didn’t work">{sentenceOf(error)}</Nothing>;
  return <Nothing title="Nobody found">No customer’s name begins so, and none has that number.</Nothing>;
}

type NoneFoundProps = {
  readonly isAsked: boolean;
  readonly isPending: boolean;
  readonly error: Error | null;
};

/** What is typed, and the part of it that is searched for once typing rests: it stands in the address. */
function useTyped() {
  const { query = "" } = useSearch({ from: "/frame/customers" });
  const navigate = useNavigate();
  const [typed, setTyped] = useState(query);
  const wanted = typed.trim();
  useEffect(() => {
    if (wanted === query) return undefined;
    const search = wanted === "" ? {} : { query: wanted };
    const timer = setTimeout(() => void navigate({ to: "/customers", search, replace: true }), pause_ms);
    return () => clearTimeout(timer);
  }, [wanted, query, navigate]);
  return { query, typed, setTyped };
}

/** Customers: found by what they say of themselves on the telephone. */
export function CustomersPage() {
  const { query, typed, setTyped } = useTyped();
  const navigate = useNavigate();
  const search = useInfiniteQuery(customersQuery(query));
  const isAsked = query.length >= query_length_min;
  const pages = isAsked ? (search.data?.pages ?? []) : [];
  const customers = pages.flatMap((page) => page.customers);
  const [chosenRef, setChosen] = useState<string | null>(null);
  const chosen = customers.find(({ ref }) => ref === chosenRef) ?? customers[0];
  const field = useRef<HTMLInputElement>(null);
  const open = (customer: CustomerFound | undefined) => {
    if (customer) void navigate({ to: "/customers/$ref", params: { ref: customer.ref } });
  };
  const step = (by: number) => {
    const at = customers.findIndex(({ ref }) => ref === chosen?.ref);
    const next = customers[Math.min(Math.max(at + by, 0), customers.length - 1)];
    if (next) setChosen(next.ref);
  };
  useEffect(() => field.current?.focus(), []);
  const toField = useMemo(() => () => field.current?.select(), []);
  useLivePageKeys([
    { name: "move", keys: { j: () => step(1), k: () => step(-1) } },
    { name: "open", keys: { Enter: () => open(chosen) } },
    { name: "search", keys: { "/": toField } },
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter" && typed.trim() === query) open(chosen);
    else if (event.key === "Enter") void navigate({ to: "/customers", search: { query: typed.trim() } });
    else return;
    event.preventDefault();
  };
  return (
    <>
      <PageHead title="Customers">
        <SearchField inputRef={field} typed={typed} onType={setTyped} onKeyDown={onKeyDown} />
      </PageHead>
      <Card
        className="flex-1"
        foot={
          <>
            <span role="status" className="money">
              {pages[0] === undefined ? "" : foundText(pages[0])}
            </span>
            {search.hasNextPage && isAsked && (
              <button
                type="button"
                className="font-semibold text-harbour hover:underline"
                onClick={() => void search.fetchNextPage()}
              >
                More
              </button>
            )}
            <span>Every search and every look is in the bank’s audit</span>
          </>
        }
      >
        {customers.length > 0 ? (
          <Found {...{ customers, chosen }} onChoose={setChosen} onOpen={open} />
        ) : (
          <NoneFound isAsked={isAsked} isPending={search.isPending} error={search.error} />
        )}
      </Card>
    </>
  );
}
