import { classNames } from "@mainstay/ui";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import type { Release } from "@mainstay/wire";
import { GitCompareArrows } from "lucide-react";
import { createContext, use, useMemo, useState, type ReactNode } from "react";
import { releaseQuery, releasesQuery } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { useChanges } from "../../api/stream.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { peopleText } from "../../parts/numbers.ts";
import { timeText, Time } from "../../parts/time.tsx";
import type { PageKey } from "../../shell/page-keys.ts";
import { Nothing, RowsToCome } from "../page.tsx";
import { Compare } from "./compare.tsx";
import { State } from "./state.tsx";
import { all_platforms, releaseBadge } from "./words.ts";

const CompareContext = createContext<(() => void) | null>(null);

/** The key that every page of a version has where there is another: comparing the two. */
export function useCompareKey(): readonly PageKey[] {
  const compare = use(CompareContext);
  return useMemo(() => (compare === null ? [] : [{ name: "compare", keys: { c: compare } }]), [compare]);
}

function Tab({ to, version, children }: TabProps) {
  return (
    <Link
      to={to}
      params={{ version }}
      activeOptions={{ exact: true }}
      className={classNames(
        "flex h-9 items-center gap-1.5 border-b-2 border-transparent font-medium",
        "text-ink-soft hover:text-ink",
      )}
      activeProps={{ className: "!border-harbour !text-ink font-semibold" }}
    >
      {children}
    </Link>
  );
}

type TabProps = {
  readonly to: "/releases/$version" | "/releases/$version/checks" | "/releases/$version/files";
  readonly version: string;
  readonly children: ReactNode;
};

function span(from: string, to: string): string {
  return `${timeText(from, "clock")} to ${timeText(to, "clock")}`;
}

function Sentence({ release }: { readonly release: Release }) {
  const people = all_platforms.reduce((sum, platform) => sum + release.devices[platform], 0);
  const { run } = release.matrix;
  return (
    <p className="money mt-1 text-small text-ink-soft">
      Published <Time at={release.publishedAt} form="weekday" />.{" "}
      {run === null ? "Never checked. " : `Checked ${span(run.startedAt, run.endedAt)} in ${run.browser}. `}
      {people === 0 ? "Nobody has it." : `${peopleText(people)} ${people === 1 ? "has" : "have"} it.`}
    </p>
  );
}

/** A version's head and tabs, over each of its pages. */
export function ReleaseFrame() {
  const { version } = useParams({ from: "/frame/releases/$version" });
  const query = useQuery(releaseQuery(version));
  const releases = useQuery(releasesQuery);
  const [isComparing, setComparing] = useState(false);
  const compare = useMemo(() => () => setComparing(true), []);
  useChanges("/api/releases/events-stream", [["releases"], ["checks"], ["approvals"]]);
  const release = query.data;
  if (release === undefined) {
    return (
      <Card className="flex-1">
        {query.isError ? (
          <Nothing title="This version can’t be shown">{sentenceOf(query.error)}</Nothing>
        ) : (
          <RowsToCome rows={8} />
        )}
      </Card>
    );
  }
  const rows = releases.data?.versions ?? [];
  return (
    <>
      <div className="flex shrink-0 items-start gap-4">
        <div className="min-w-0 flex-1">
          <div className="flex items-center gap-2">
            <h1 className="money text-page">{version}</h1>
            <State of={releaseBadge(release)} />
            <Badge tone="outline">{release.loginProtocol}</Badge>
            <span className="truncate text-ink-soft">{release.summary}</span>
          </div>
          <Sentence release={release} />
        </div>
        <Button
          keys="c"
          disabled={rows.length < 2}
          icon={<GitCompareArrows size={15} strokeWidth={1.9} aria-hidden />}
          onClick={() => setComparing(true)}
        >
          Compare
        </Button>
      </div>
      <nav aria-label={`Pages of ${version}`} className="mt-2 mb-3 flex shrink-0 gap-5 border-b border-line">
        <Tab to="/releases/$version" version={version}>
          Overview
        </Tab>
        <Tab to="/releases/$version/checks" version={version}>
          Checks
        </Tab>
        <Tab to="/releases/$version/files" version={version}>
          Files <span className="money font-normal">{release.files.length}</span>
        </Tab>
      </nav>
      <CompareContext value={rows.length > 1 ? compare : null}>
        <Outlet />
      </CompareContext>
      {isComparing && <Compare rows={rows} chosen={version} onClose={() => setComparing(false)} />}
    </>
  );
}
