import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { classNames, initialsOf, Mark } from "@mainstay/ui";
import type { StaffSession } from "@mainstay/wire";
import { LogOut } from "lucide-react";
import { threadsWaitingQuery } from "../api/bank.ts";
import { incidentsQuery } from "../api/incidents.ts";
import { referralsQuery } from "../api/queries.ts";
import { useWaiting } from "../api/waiting.ts";
import { roleName, roomsFor, type Room } from "./rooms.ts";

const count_tones = { lamp: "bg-lamp-tint text-lamp-ink", danger: "bg-danger-tint text-danger" } as const;

function Count({ count, tone = "lamp", word = "waiting" }: CountProps) {
  if (count === 0) return null;
  return (
    <span
      className={classNames("money ml-auto rounded-full px-1.5 text-small font-semibold", count_tones[tone])}
    >
      {count}
      <span className="sr-only"> {word}</span>
    </span>
  );
}

type CountProps = {
  readonly count: number;
  readonly tone?: keyof typeof count_tones;
  readonly word?: string;
};

function ReferralsWaiting() {
  const { data } = useQuery(referralsQuery);
  return <Count count={data?.length ?? 0} />;
}

function ApprovalsWaiting() {
  return <Count count={useWaiting()} />;
}

function IncidentsOpen() {
  const { data } = useQuery(incidentsQuery);
  return <Count count={data?.open ?? 0} tone="danger" word="open" />;
}

function ThreadsWaiting() {
  const { data } = useQuery(threadsWaitingQuery);
  return <Count count={data ?? 0} />;
}

function RoomLink({ room, isSupport }: { readonly room: Room; readonly isSupport: boolean }) {
  const Glyph = room.icon;
  const { pathname } = useLocation();
  // A rollout's own page belongs to releases, though its path is another.
  const isHere =
    pathname.startsWith(room.path) || (room.path === "/releases" && pathname.startsWith("/rollouts/"));
  return (
    <Link
      to={room.path}
      className={classNames(
        "mx-2 flex h-8 items-center gap-2.5 rounded-control border px-2",
        isHere
          ? "border-line bg-surface font-semibold text-ink [&>svg]:text-harbour"
          : "border-transparent font-medium text-ink-soft hover:text-ink",
      )}
    >
      <Glyph size={16} strokeWidth={1.9} aria-hidden />
      {room.name}
      {room.path === "/referrals" && <ReferralsWaiting />}
      {room.path === "/approvals" && <ApprovalsWaiting />}
      {room.path === "/incidents" && <IncidentsOpen />}
      {room.path === "/messages" && isSupport && <ThreadsWaiting />}
    </Link>
  );
}

/** The sidebar: where one can go, and who is here. */
export function Sidebar({ session, onLogOut }: SidebarProps) {
  const { staff } = session;
  const open = roomsFor(staff.roles);
  const sections = [...new Set(open.map(({ section }) => section))];
  const [first] = staff.roles;
  return (
    <aside className="flex w-[208px] shrink-0 flex-col border-r border-line bg-side">
      <Link to="/" className="flex h-12 items-center gap-2 px-4 text-head" aria-label="Mainstay console">
        <Mark size={24} />
        <span className="font-bold">
          Mainstay <span className="text-dense font-normal text-ink-soft">console</span>
        </span>
      </Link>
      <nav aria-label="Pages" className="flex flex-col">
        {sections.map((section) => (
          <div key={section} className="mt-2 flex flex-col gap-0.5">
            <div className="px-4 py-1.5 text-small text-ink-soft">{section}</div>
            {open
              .filter((room) => room.section === section)
              .map((room) => (
                <RoomLink key={room.path} room={room} isSupport={staff.roles.includes("support")} />
              ))}
          </div>
        ))}
      </nav>
      <div className="mt-auto flex items-center gap-2.5 px-4 py-3">
        <span
          aria-hidden
          className={classNames(
            "flex size-7 shrink-0 items-center justify-center rounded-full bg-harbour-tint",
            "text-[11px] font-semibold text-harbour-tint-ink",
          )}
        >
          {initialsOf(staff.name, "person")}
        </span>
        <div className="min-w-0 flex-1 leading-4">
          <div className="truncate font-semibold">{staff.name}</div>
          <div className="truncate text-small text-ink-soft" title={staff.roles.map(roleName).join(", ")}>
            {first === undefined ? "" : roleName(first)}
          </div>
        </div>
        <button
          type="button"
          aria-label="Log out"
          title="Log out"
          onClick={onLogOut}
          className={classNames(
            "flex size-7 items-center justify-center rounded-control text-ink-soft",
            "hover:bg-hover hover:text-ink",
          )}
        >
          <LogOut size={16} strokeWidth={1.9} aria-hidden />
        </button>
      </div>
    </aside>
  );
}

type SidebarProps = { readonly session: StaffSession; readonly onLogOut: () => void };
