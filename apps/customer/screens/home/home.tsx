import { Trans, useLingui } from "@lingui/react/macro";
import { buttonClass, EmptyState, Icon, QuietWater, classNames } from "@mainstay/ui";
import type { Account, Session } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate, type LinkProps } from "@tanstack/react-router";
import { ArrowUpRight, Plus, RefreshCw, ShieldCheck, Users, type LucideIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { failureOf } from "../../api/failure.ts";
import { accountsQuery, feedQuery, sessionQuery } from "../../api/queries.ts";
import { readLastHome, saveLastHome } from "../../shell/last-home.ts";
import { Page } from "../../shell/page.tsx";
import { ProblemState } from "../../shell/problem.tsx";
import { StepUp } from "../../shell/step-up.tsx";
import { queryClient, useSession } from "../../shell/session.ts";
import { UpdateNudge } from "../../shell/update-nudge.tsx";
import { timeText } from "../../text/dates.ts";
import { Concerned } from "./concerned.tsx";
import { Feed } from "./feed.tsx";
import { Hero } from "./hero.tsx";
import { HomeBar } from "./home-bar.tsx";
import { LastHomeView } from "./last-home-view.tsx";
import { usePullToRefresh } from "./use-pull-to-refresh.ts";

const route = getRouteApi("/customer/tabs/home");

/** How long after the last letter the search is sent, in milliseconds. */
const search_pause_ms = 200;

/** Home: the balance, what can be done, and every payment by day. */
export function HomeScreen() {
  const session = useSession();
  const accounts = useQuery({ ...accountsQuery, enabled: session !== null });
  const { isRefreshing, refresh } = useRefresh();
  const pulled = usePullToRefresh(refresh);
  const navigate = useNavigate();
  const search = route.useSearch().q ?? null;
  const setSearch = (q: string | null) =>
    void navigate({
      to: "/home",
      search: q === null ? {} : { q },
      replace: search !== null,
      viewTransition: false,
    });
  const account = accounts.data?.[0];
  useSavedHome(session, account);
  const lastPerson = useLastPerson(session === null);
  const isAway = session === null || (accounts.isError && account === undefined);
  return (
    <Page
      tabs
      bar={
        <HomeBar
          person={session?.person ?? lastPerson}
          search={search}
          onSearch={setSearch}
          onRefresh={refresh}
        />
      }
    >
      <div
        aria-hidden
        className={classNames(
          "flex items-center justify-center overflow-hidden text-ink-soft",
          "transition-[height] duration-150",
        )}
        style={{ height: isRefreshing ? 40 : pulled }}
      >
        <Icon of={RefreshCw} size={20} className={isRefreshing ? "animate-turn" : undefined} />
      </div>
      {isAway ? (
        <LastHomeView
          otherwise={
            <ProblemState failure={failureOf(accounts.error)} onRetry={() => void accounts.refetch()} />
          }
        />
      ) : (
        <Present session={session} account={account} search={search} />
      )}
      {search === null && !isAway && <RefreshFoot onRefresh={refresh} atMs={accounts.dataUpdatedAt} />}
    </Page>
  );
}

type PresentProps = {
  readonly session: Session;
  readonly account: Account | undefined;
  readonly search: string | null;
};

function Present({ session, account, search }: PresentProps) {
  const settled = useSettled(search?.trim() ?? "");
  return (
    <>
      {search === null && (
        <>
          <Hero account={account} />
          {session.sees === "full" && <Concerned />}
          <Actions />
          <div className="pt-4 empty:hidden">
            <UpdateNudge />
          </div>
        </>
      )}
      {session.sees === "balance" && (
        <div className="pt-5">
          <StepUp />
        </div>
      )}
      {session.sees === "full" && account !== undefined && (
        <Feed accountId={account.id} search={search === null ? "" : settled} empty={<NothingYet />} />
      )}
    </>
  );
}

function Actions() {
  const { t } = useLingui();
  return (
    <nav aria-label={t`Shortcuts`} className="grid grid-cols-4 pt-4 pb-1 cramped:grid-cols-2 cramped:gap-y-4">
      <Action to="/pay" icon={ArrowUpRight} name={t`Send`} />
      <Action to="/add-money" icon={Plus} name={t`Add money`} />
      <Action to="/payments" icon={Users} name={t`Payees`} />
      <Action to="/security" icon={ShieldCheck} name={t`Security`} />
    </nav>
  );
}

function Action({
  to,
  icon,
  name,
}: {
  readonly to: LinkProps["to"];
  readonly icon: LucideIcon;
  readonly name: string;
}) {
  return (
    <Link to={to} className="group flex flex-col items-center gap-1 rounded-card text-body font-medium">
      <span
        className={classNames(
          "flex size-12 items-center justify-center rounded-full bg-harbour-tint",
          "text-harbour-tint-ink transition-opacity group-active:opacity-75",
        )}
      >
        <Icon of={icon} />
      </span>
      <span className="text-center">{name}</span>
    </Link>
  );
}

function NothingYet() {
  return (
    <EmptyState
      art={<QuietWater />}
      title={<Trans>Your account is ready</Trans>}
      action={
        <Link to="/add-money" className={buttonClass("second", "pair")}>
          <Trans>Add money</Trans>
        </Link>
      }
    >
      <Trans>
        Have your salary paid in, or send yourself some from another bank. It shows up here at once.
      </Trans>
    </EmptyState>
  );
}

function RefreshFoot({ onRefresh, atMs }: { readonly onRefresh: () => void; readonly atMs: number }) {
  if (atMs === 0) return null;
  const time = timeText(new Date(atMs).toISOString());
  return (
    <div className="flex items-center justify-center gap-2 pt-4 text-body text-ink-soft">
      <span>
        <Trans>Up to date at {time}</Trans>
      </span>
      <button type="button" className={buttonClass("quiet", "text")} onClick={onRefresh}>
        <Trans>Refresh</Trans>
      </button>
    </div>
  );
}

function useRefresh() {
  const [isRefreshing, setRefreshing] = useState(false);
  const refresh = () => {
    setRefreshing(true);
    const isShown = ({ queryKey }: { queryKey: readonly unknown[] }) =>
      ["accounts", "feed", "session"].includes(String(queryKey[0]));
    void queryClient.invalidateQueries({ predicate: isShown }).finally(() => setRefreshing(false));
  };
  return { isRefreshing, refresh };
}

/** A value that follows another once that one has rested. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), value === "" ? 0 : search_pause_ms);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** Keeps what home shows for when the bank can't be reached; a demo customer leaves nothing behind. */
function useSavedHome(session: Session | null, account: Account | undefined): void {
  const feed = useQuery({
    queryKey: feedQuery(account?.id ?? "", "").queryKey,
    enabled: false,
  }).data as { pages: { transactions: Parameters<typeof saveLastHome>[0]["transactions"] }[] } | undefined;
  const transactions = feed?.pages[0]?.transactions;
  useEffect(() => {
    if (session === null || session.demo || account === undefined || transactions === undefined) return;
    saveLastHome({ person: session.person, account, transactions });
  }, [session, account, transactions]);
}

/** Whose home was shown last, while nobody can be asked for. */
function useLastPerson(isWanted: boolean): Session["person"] | undefined {
  const [person, setPerson] = useState<Session["person"]>();
  useEffect(() => {
    if (!isWanted) return;
    void readLastHome().then((last) => setPerson(last?.person));
    // Once the way is free again, the session is asked for anew.
    const ask = () => void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    addEventListener("online", ask);
    return () => removeEventListener("online", ask);
  }, [isWanted]);
  return person;
}
