import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import { useState, type KeyboardEvent } from "react";
import { incidentsQuery } from "../api/incidents.ts";
import { releasesQuery } from "../api/releases.ts";
import { dialog_look, useDialog } from "../parts/dialog.tsx";
import { Keys } from "../parts/keys.tsx";
import type { PageKey } from "./page-keys.ts";
import type { Room } from "./rooms.ts";

type Command = { readonly name: string; readonly kind: string; readonly run: () => void };

const found_max = 12;

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

/** Whether a command is what was typed for: by its name; what is found by number, by its title too. */
function isFound({ name, kind }: Command, wanted: string): boolean {
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
        aria-label="Page, incident, version or action"
        placeholder="Page, incident, version or action…"
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
        <li key={`${command.kind} ${command.name}`}>
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
