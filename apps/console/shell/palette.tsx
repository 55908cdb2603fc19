import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import { useEffect, useState, type KeyboardEvent } from "react";
import { customersQuery } from "../api/bank.ts";
import { incidentsQuery } from "../api/incidents.ts";
import { releasesQuery } from "../api/releases.ts";
import { dialog_look, useDialog } from "../parts/dialog.tsx";
import { Keys } from "../parts/keys.tsx";
import { accountText } from "../parts/money.tsx";
import type { PageKey } from "./page-keys.ts";
import type { Room } from "./rooms.ts";

type Command = {
  readonly name: string;
  readonly kind: string;
  /** What tells it from another of the same name. */
  readonly id?: string;
  /** It was searched for with what is typed. */
  readonly isFound?: boolean;
  readonly run: () => void;
};

const found_max = 12;
/** How many customers are offered. */
const customers_max = 6;

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;
}

/** Every version by its number, for whoever may open releases. */
function useVersions(rooms: readonly Room[]): Command[] {
  const navigate = useNavigate();
  const isAllowed = rooms.some(({ path }) => path === "/releases");
  const { data } = useQuery({ ...releasesQuery, enabled: isAllowed });
  return (data?.versions ?? []).map(({ version, summary }) => ({
    name: version,
    kind: summary,
    run: () => void navigate({ to: "/releases/$version", params: { version } }),
  }));
}

/** Every incident by its number, for whoever may open them. */
function useIncidents(rooms: readonly Room[]): Command[] {
  const navigate = useNavigate();
  const isAllowed = rooms.some(({ path }) => path === "/incidents");
  const { data } = useQuery({ ...incidentsQuery, enabled: isAllowed });
  return (data?.incidents ?? []).map(({ id, number, title }) => ({
    name: number,
    kind: title,
    run: () => void navigate({ to: "/incidents/$id", params: { id } }),
  }));
}

/** How long typing rests before customers are searched for, in milliseconds: each search is in the audit. */
const pause_ms = 500;
/** From so many letters on customers are searched for. */
const customer_letters_min = 3;

/** Customers by what was typed, for whoever may see them; and the payment that has the id that was typed. */
function usePeopleAndPayments(rooms: readonly Room[], typed: string): Command[] {
  const navigate = useNavigate();
  const [rested, setRested] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setRested(typed.trim()), pause_ms);
    return () => clearTimeout(timer);
  }, [typed]);
  const isAllowed = rooms.some(({ path }) => path === "/customers");
  const enabled = isAllowed && rested.length >= customer_letters_min && !payment_id.test(rested);
  const { data } = useInfiniteQuery({ ...customersQuery(rested), enabled });
  const id = typed.trim();
  const payment: Command[] =
    payment_id.test(id) && (isAllowed || rooms.some(({ path }) => path === "/payments"))
      ? [
          {
            name: id,
            kind: "Payment",
            isFound: true,
            run: () => void navigate({ to: "/payments/$id", params: { id } }),
          },
        ]
      : [];
  const found = enabled && rested === id ? (data?.pages[0]?.customers ?? []) : [];
  const people = found.slice(0, customers_max).map(({ ref, name, accounts: [account] }): Command => {
    const number = account === undefined ? "" : accountText(account.sortCode, account.accountNumber);
    const run = () => void navigate({ to: "/customers/$ref", params: { ref } });
    return { name, kind: `Customer ${number}`.trim(), id: ref, isFound: true, run };
  });
  return [...payment, ...people];
}

/** What a payment's id looks like: the bank's own, or the scheme's UETR. */
const payment_id = /^(pay_[0-9A-Za-z]{22}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

/** Whether a command is what was typed for: by its name; what is found by number, by its title too. */
function isFound({ name, kind, isFound: isMeant = false }: Command, wanted: string): boolean {
  if (isMeant) return true;
  return name.toLowerCase().includes(wanted) || (/\d/.test(name) && kind.toLowerCase().includes(wanted));
}

/** ⌘K: any page and any action by name. */
export function Palette({ isOpen, onClose, rooms, pageKeys, onLogOut }: PaletteProps) {
  const dialog = useDialog(isOpen);
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const commands: Command[] = [
    ...rooms.map(({ name, path }) => ({ name, kind: "Page", run: () => void navigate({ to: path }) })),
    ...pageKeys.flatMap(({ name, keys }) => {
      const [run, ...others] = Object.values(keys);
      return run === undefined || others.length > 0
        ? []
        : [{ name: sentence(name), kind: "On this page", run }];
    }),
    { name: "Log out", kind: "Action", run: onLogOut },
    ...usePeopleAndPayments(rooms, typed),
    ...useIncidents(rooms),
    ...useVersions(rooms),
  ];
  const wanted = typed.trim().toLowerCase();
  const found = commands.filter((command) => isFound(command, wanted)).slice(0, found_max);
  const at = Math.min(chosen, found.length - 1);
  const run = (command: Command | undefined) => {
    onClose();
    command?.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setChosen(Math.min(at + 1, found.length - 1));
    else if (event.key === "ArrowUp") setChosen(Math.max(at - 1, 0));
    else if (event.key === "Enter") run(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      aria-label="Go to"
      onClose={onClose}
      closedby="any"
      className={classNames(dialog_look, "mt-[120px] w-[480px]")}
    >
      <input
        aria-label="Customer, incident, version or page"
        placeholder="Customer, incident, version or page…"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
        className={classNames(
          "h-11 w-full border-b border-line bg-transparent px-4 text-head font-normal",
          "outline-none placeholder:text-ink-soft",
        )}
      />
      <Found commands={found} at={at} onRun={run} />
    </dialog>
  );
}

function Found({ commands, at, onRun }: FoundProps) {
  return (
    <ul className="p-1.5">
      {commands.map((command, index) => (
        <li key={`${command.kind} ${command.id ?? command.name}`}>
          <button
            type="button"
            onClick={() => onRun(command)}
            className={classNames(
              "flex h-8 w-full items-center justify-between rounded-control px-2.5 text-left",
              index === at && "bg-hover font-semibold",
            )}
          >
            <span className="shrink-0">{command.name}</span>
            <span className="truncate pl-4 text-small font-normal text-ink-soft">{command.kind}</span>
          </button>
        </li>
      ))}
      {commands.length === 0 && <li className="px-2.5 py-1.5 text-ink-soft">Nothing is called that.</li>}
    </ul>
  );
}

type FoundProps = {
  readonly commands: readonly Command[];
  readonly at: number;
  readonly onRun: (command: Command) => void;
};

type PaletteProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly rooms: readonly Room[];
  readonly pageKeys: readonly PageKey[];
  readonly onLogOut: () => void;
};

/** "?": every key of this page and of the console. */
export function KeyHelp({ isOpen, onClose, keys }: KeyHelpProps) {
  const dialog = useDialog(isOpen);
  return (
    <dialog
      ref={dialog}
      aria-label="All keys"
      onClose={onClose}
      closedby="any"
      className={classNames(dialog_look, "w-[360px]")}
    >
      <h2 className="border-b border-line px-4 py-2.5 text-head">All keys</h2>
      <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-2 p-4">
        {keys.map((entry) => (
          <div key={entry.name} className="contents">
            <dt>{entry.name}</dt>
            <dd className="flex justify-end gap-2">
              {Object.keys(entry.keys).map((key) => (
                <Keys key={key} of={key} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}

type KeyHelpProps = {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly keys: readonly PageKey[];
};
