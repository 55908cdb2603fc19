import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { StaffSession } from "@mainstay/wire";
import { ChevronRight, CircleHelp, Search, Stamp } from "lucide-react";
import { Fragment, useEffect, useMemo, useState } from "react";
import { sessionQuery } from "../api/queries.ts";
import { request, sentenceOf } from "../api/request.ts";
import { useWaiting } from "../api/waiting.ts";
import { Keys } from "../parts/keys.tsx";
import { ageText, StatusClock, useNow } from "../parts/time.tsx";
import { LogIn } from "../screens/log-in.tsx";
import { Notice } from "../screens/notice.tsx";
import { runKey, useCurrentKeys, type PageKey } from "./page-keys.ts";
import { KeyHelp, Palette } from "./palette.tsx";
import { rooms, roomsFor } from "./rooms.ts";
import { Sidebar } from "./sidebar.tsx";
import { useReach } from "./reach.ts";
import { useCurrentSignal, useCurrentTrail } from "./page-facts.ts";

/** The whole console: the log-in page until somebody is logged in, then the frame with the page in it. */
export function Frame() {
  const session = useQuery(sessionQuery);
  if (session.isPending) return null;
  if (session.isError) return <Notice title="The console can’t start">{sentenceOf(session.error)}</Notice>;
  return session.data === null ? <LogIn /> : <Shell session={session.data} />;
}

/** That figures are fresh, and how old the last of them is where the page shows any. */
function Liveness() {
  const at = useCurrentSignal();
  const now = useNow(1_000);
  if (at === null) return "Live";
  return `Live, last signal ${ageText(at, now)}`;
}

function StatusBar({ onHelp }: { readonly onHelp: () => void }) {
  const keys = useCurrentKeys();
  const reach = useReach();
  return (
    <footer
      className={classNames(
        "flex h-7 shrink-0 items-center gap-5 border-t border-line bg-side px-6",
        "text-small text-ink-soft",
      )}
    >
      {keys
        .filter(({ isOnButton = false }) => !isOnButton)
        .map((entry) => (
          <span key={entry.name} className="inline-flex items-center gap-1.5 whitespace-nowrap">
            {Object.keys(entry.keys).map((key) => (
              <Keys key={key} of={key} />
            ))}
            {entry.name}
          </span>
        ))}
      <button type="button" onClick={onHelp} className="inline-flex items-center gap-1.5 hover:text-ink">
        <Keys of="?" /> all keys
      </button>
      <span className="ml-auto inline-flex items-center gap-1.5">
        <span
          aria-hidden
          className={classNames("size-[7px] rounded-full", reach === "live" ? "bg-good" : "bg-danger")}
        />
        {reach === "live" ? <Liveness /> : "Not connected, trying again"}
      </span>
      <StatusClock />
    </footer>
  );
}

function Trail({ path }: { readonly path: string }) {
  const steps = useCurrentTrail();
  const room = rooms.find((candidate) => candidate.path === path);
  const shown = steps.length > 0 ? steps : [{ name: room?.name ?? "Console", to: null }];
  return (
    <nav aria-label="Where you are" className="flex items-center gap-2">
      {shown.map(({ name, to }, index) => (
        <Fragment key={name}>
          {index > 0 && <ChevronRight size={14} strokeWidth={1.9} aria-hidden className="text-ink-soft" />}
          {to === null ? (
            <span aria-current="page" className="font-semibold">
              {name}
            </span>
          ) : (
            <Link to={to} className="text-ink-soft hover:text-ink hover:underline">
              {name}
            </Link>
          )}
        </Fragment>
      ))}
    </nav>
  );
}

/** What waits for a second person, from every page. */
function ApprovalsLink() {
  const waiting = useWaiting();
  return (
    <Link
      to="/approvals"
      aria-label={waiting === 0 ? "Approvals" : `Approvals, ${waiting} waiting`}
      className={classNames(
        "relative flex size-8 items-center justify-center rounded-control text-ink-soft",
        "hover:bg-hover hover:text-ink",
      )}
    >
      <Stamp size={17} strokeWidth={1.9} aria-hidden />
      {waiting > 0 && <span aria-hidden className="absolute top-1 right-1 size-2 rounded-full bg-lamp" />}
    </Link>
  );
}

function TopBar({ session, onSearch, onHelp }: TopBarProps) {
  const { pathname } = useLocation();
  const hasApprovals = roomsFor(session.staff.roles).some(({ path }) => path === "/approvals");
  return (
    <header className="flex h-12 shrink-0 items-center gap-3 border-b border-line px-6">
      <Trail path={pathname} />
      <button
        type="button"
        onClick={onSearch}
        className={classNames(
          "ml-auto flex h-[30px] w-[300px] items-center gap-2 rounded-control border",
          "border-line2 bg-surface px-2.5 text-ink-soft hover:bg-hover",
        )}
      >
        <Search size={15} strokeWidth={1.9} aria-hidden />
        Customer, payment, version…
        <span className="ml-auto">
          <Keys of="mod+k" />
        </span>
      </button>
      {hasApprovals && <ApprovalsLink />}
      <button
        type="button"
        aria-label="All keys"
        onClick={onHelp}
        className={classNames(
          "flex size-8 items-center justify-center rounded-control text-ink-soft",
          "hover:bg-hover hover:text-ink",
        )}
      >
        <CircleHelp size={17} strokeWidth={1.9} aria-hidden />
      </button>
    </header>
  );
}

type TopBarProps = {
  readonly session: StaffSession;
  readonly onSearch: () => void;
  readonly onHelp: () => void;
};

function Shell({ session }: { readonly session: StaffSession }) {
  const [open, setOpen] = useState<"palette" | "keys" | null>(null);
  const client = useQueryClient();
  const pageKeys = useCurrentKeys();
  const shellKeys = useMemo(() => {
    const all: PageKey[] = [
      { name: "go to a page", keys: { "mod+k": () => setOpen("palette") } },
      { name: "all keys", keys: { "?": () => setOpen("keys") } },
    ];
    return all;
  }, []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (open === null && !runKey(event)) runKey(event, shellKeys);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [open, shellKeys]);
  const onLogOut = () =>
    void request("POST", "/api/staff/logout", {})
      // Whether or not the server heard it, this window shows nothing more.
      .catch(() => undefined)
      .then(() => {
        client.setQueryData(sessionQuery.queryKey, null);
        // What this person saw isn't for whoever sits down here next.
        client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
      });
  const close = () => setOpen(null);
  return (
    <div className="flex h-full min-w-[1024px]">
      <Sidebar session={session} onLogOut={onLogOut} />
      <div className="flex min-w-0 flex-1 flex-col">
        <TopBar session={session} onSearch={() => setOpen("palette")} onHelp={() => setOpen("keys")} />
        <main className="flex min-h-0 flex-1 flex-col px-6 py-4">
          <Outlet />
        </main>
        <StatusBar onHelp={() => setOpen("keys")} />
      </div>
      {open === "palette" && (
        <Palette
          isOpen
          onClose={close}
          rooms={roomsFor(session.staff.roles)}
          pageKeys={pageKeys}
          onLogOut={onLogOut}
        />
      )}
      <KeyHelp isOpen={open === "keys"} onClose={close} keys={[...pageKeys, ...shellKeys]} />
    </div>
  );
}
