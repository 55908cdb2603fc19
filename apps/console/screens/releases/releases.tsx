import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Platform, ReleaseRow, Releases } from "@mainstay/wire";
import { GitCompareArrows, Rocket } from "lucide-react";
import { useMemo, useRef, useState, type RefObject } from "react";
import { sessionQuery } from "../../api/queries.ts";
import { releasesQuery } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { useChanges } from "../../api/stream.ts";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Segmented } from "../../parts/choice.tsx";
import { Keys } from "../../parts/keys.tsx";
import { countText } from "../../parts/numbers.ts";
import { useNow } from "../../parts/time.tsx";
import { usePageFacts } from "../../shell/page-facts.ts";
import { usePageKeys, type PageKey } from "../../shell/page-keys.ts";
import { Nothing, PageHead, RowsToCome } from "../page.tsx";
import { ActiveRollouts } from "./active.tsx";
import { Compare } from "./compare.tsx";
import { NewRollout } from "./new-rollout.tsx";
import { Platforms } from "./platforms.tsx";
import { everybodyOn, versionTones } from "./tones.ts";
import { VersionsTable } from "./versions-table.tsx";
import { WhoIsOnWhat } from "./who-is-on-what.tsx";
import { all_platforms, platformName } from "./words.ts";

type Filter = Platform | "all";

const filters: readonly { value: Filter; name: string }[] = [
  { value: "all", name: "All" },
  ...all_platforms.map((value) => ({ value, name: platformName(value) })),
];

const row_states_of_rollouts: readonly ReleaseRow["state"][] = ["rolling-out", "rolled-back"];

/**
 * Opens a version where the news of it is: its rollout where it runs or was taken back, else its own page.
 */
function useOpen() {
  const navigate = useNavigate();
  return ({ version, state, rollout }: ReleaseRow) => {
    if (rollout !== null && row_states_of_rollouts.includes(state)) {
      void navigate({ to: "/rollouts/$id", params: { id: rollout } });
    } else void navigate({ to: "/releases/$version", params: { version } });
  };
}

/** What keeps the oldest login protocol alive, for the table's foot. */
function protocolText({ protocols }: Releases): string {
  const oldest = protocols.toSorted((left, right) => left.protocol.localeCompare(right.protocol))[0];
  if (protocols.length < 2 || oldest === undefined) return "";
  if (oldest.devices === 0 && oldest.neededBy.length === 0) return `Nobody needs ${oldest.protocol} any more`;
  return `${oldest.protocol} can retire once nobody needs it: ${countText(oldest.devices)} devices to go`;
}

type Open = "compare" | "new-rollout" | "platforms" | null;

function useReleaseKeys(deps: {
  readonly rows: readonly ReleaseRow[];
  readonly chosen: ReleaseRow | undefined;
  readonly setChosen: (version: string) => void;
  readonly open: (release: ReleaseRow) => void;
  readonly setOpen: (open: Open) => void;
  readonly toFilter: () => void;
  readonly mayChange: boolean;
}): void {
  const { rows, chosen, setChosen, open, setOpen, toFilter, mayChange } = deps;
  const keys = useMemo<readonly PageKey[]>(() => {
    const step = (by: number) => () => {
      const at = rows.findIndex(({ version }) => version === chosen?.version);
      const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
      if (next) setChosen(next.version);
    };
    const all: PageKey[] = [
      { name: "move", keys: { j: step(1), k: step(-1) } },
      { name: "open", keys: { Enter: () => chosen && open(chosen) } },
      ...(rows.length < 2 ? [] : [{ name: "compare two", keys: { c: () => setOpen("compare") } }]),
      ...(mayChange ? [{ name: "new rollout", keys: { n: () => setOpen("new-rollout") } }] : []),
      ...(mayChange ? [{ name: "minimum", keys: { m: () => setOpen("platforms") } }] : []),
      { name: "filter", keys: { "/": toFilter } },
    ];
    return all;
  }, [rows, chosen, setChosen, open, setOpen, toFilter, mayChange]);
  usePageKeys(keys);
}

const no_rows: readonly ReleaseRow[] = [];

/** The rows that the filter leaves, and the one that is chosen: at first what is being rolled out. */
function useRows(releases: Releases | undefined, filter: Filter, chosenVersion: string | null) {
  const platforms = useMemo(() => (filter === "all" ? all_platforms : [filter]), [filter]);
  const rows = useMemo(
    () =>
      releases?.versions.filter((row) => row.platforms.some((platform) => platforms.includes(platform))) ??
      no_rows,
    [releases, platforms],
  );
  const first = rows.find(({ state }) => state === "rolling-out") ?? rows[0];
  const chosen = rows.find(({ version }) => version === chosenVersion) ?? first;
  return { platforms, rows, chosen };
}

/** Every version, who is on what, and what is being rolled out. */
export function ReleasesPage() {
  const query = useQuery(releasesQuery);
  const session = useQuery(sessionQuery);
  const now = useNow(10_000);
  const [filter, setFilter] = useState<Filter>("all");
  const [chosenVersion, setChosen] = useState<string | null>(null);
  const [dialog, setDialog] = useState<Open>(null);
  const filterPlace = useRef<HTMLDivElement>(null);
  const releases = query.data;
  const { platforms, rows, chosen } = useRows(releases, filter, chosenVersion);
  const open = useOpen();
  const mayChange = session.data?.staff.roles.includes("release-manager") === true;
  const toFilter = useMemo(
    () => () => filterPlace.current?.querySelector<HTMLInputElement>("input:checked")?.focus(),
    [],
  );
  useReleaseKeys({ rows, chosen, setChosen, open, setOpen: setDialog, toFilter, mayChange });
  useChanges("/api/releases/events-stream", [["releases"], ["rollouts"], ["approvals"]]);
  usePageFacts([], releases?.lastSignalAt ?? null);
  const close = () => setDialog(null);
  return (
    <>
      <PageHead
        title="Releases"
        actions={
          <Actions
            filter={filter}
            onFilter={setFilter}
            filterPlace={filterPlace}
            canCompare={rows.length > 1}
            mayChange={mayChange}
            onOpen={setDialog}
          />
        }
      >
        {releases && <Seen releases={releases} platforms={platforms} />}
      </PageHead>
      {releases && (
        <Body
          releases={releases}
          rows={rows}
          platforms={platforms}
          chosen={chosen?.version ?? null}
          now={now}
          onChoose={setChosen}
          onOpen={open}
          onPlatforms={mayChange ? () => setDialog("platforms") : null}
        />
      )}
      {!releases && (
        <Card className="flex-1">
          {query.isError ? (
            <Nothing title="Releases can’t be shown">{sentenceOf(query.error)}</Nothing>
          ) : (
            <RowsToCome rows={8} />
          )}
        </Card>
      )}
      <Dialogs
        open={dialog}
        rows={rows}
        chosen={chosen?.version ?? null}
        releases={releases}
        onClose={close}
      />
    </>
  );
}

function Dialogs({ open, rows, chosen, releases, onClose }: DialogsProps) {
  if (open === "compare") return <Compare rows={rows} chosen={chosen} onClose={onClose} />;
  if (releases === undefined) return null;
  if (open === "platforms") return <Platforms releases={releases} onClose={onClose} />;
  return open === "new-rollout" ? <NewRollout releases={releases} onClose={onClose} /> : null;
}

type DialogsProps = {
  readonly open: Open;
  readonly rows: readonly ReleaseRow[];
  readonly chosen: string | null;
  readonly releases: Releases | undefined;
  readonly onClose: () => void;
};

function Actions({ filter, onFilter, filterPlace, canCompare, mayChange, onOpen }: ActionsProps) {
  return (
    <>
      <div ref={filterPlace}>
        <Segmented label="Platform" options={filters} value={filter} onChange={onFilter} />
      </div>
      <Button
        keys="c"
        disabled={!canCompare}
        icon={<GitCompareArrows size={15} strokeWidth={1.9} aria-hidden />}
        onClick={() => onOpen("compare")}
      >
        Compare
      </Button>
      {mayChange && (
        <Button
          look="primary"
          keys="n"
          icon={<Rocket size={15} strokeWidth={1.9} aria-hidden />}
          onClick={() => onOpen("new-rollout")}
        >
          New rollout
        </Button>
      )}
    </>
  );
}

type ActionsProps = {
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
  readonly filterPlace: RefObject<HTMLDivElement | null>;
  readonly canCompare: boolean;
  readonly mayChange: boolean;
  readonly onOpen: (open: Open) => void;
};

function Seen({
  releases,
  platforms,
}: {
  readonly releases: Releases;
  readonly platforms: readonly Platform[];
}) {
  const versions = everybodyOn(releases, platforms);
  const devices = versions.reduce((sum, { count }) => sum + count, 0);
  const [many, kinds] = [
    devices === 1 ? "device" : "devices",
    versions.length === 1 ? "version" : "versions",
  ];
  return (
    <span className="money text-ink-soft">
      {devices === 0 ? "no device seen yet" : `${countText(devices)} ${many} on ${versions.length} ${kinds}`}
    </span>
  );
}

function Body({ releases, rows, platforms, chosen, now, onChoose, onOpen, onPlatforms }: BodyProps) {
  const tones = useMemo(() => versionTones(releases), [releases]);
  const active = releases.active.filter((rollout) =>
    rollout.platforms.some((platform) => platforms.includes(platform)),
  );
  return (
    <>
      <div className="mb-3 grid shrink-0 grid-cols-[minmax(0,696fr)_minmax(0,476fr)] gap-3">
        <ActiveRollouts releases={releases} rollouts={active} now={now} />
        <WhoIsOnWhat releases={releases} tones={tones} platforms={platforms} />
      </div>
      <Card
        className="flex-1"
        foot={
          <>
            <span className="money flex items-center gap-4">
              {rows.length === 1 ? "1 version" : `${rows.length} versions`}
              {onPlatforms && (
                <button
                  type="button"
                  className="flex items-center gap-2 font-semibold text-harbour hover:underline"
                  onClick={onPlatforms}
                >
                  Minimum and recommended versions <Keys of="m" />
                </button>
              )}
            </span>
            <span className="money">{protocolText(releases)}</span>
          </>
        }
      >
        {rows.length === 0 ? (
          <Nothing title="No version has been published yet">
            One that is published with npm run release appears here by itself.
          </Nothing>
        ) : (
          <VersionsTable
            versions={rows}
            platforms={platforms}
            tones={tones}
            chosen={chosen}
            onChoose={onChoose}
            onOpen={onOpen}
          />
        )}
      </Card>
    </>
  );
}

type BodyProps = {
  readonly releases: Releases;
  readonly rows: readonly ReleaseRow[];
  readonly platforms: readonly Platform[];
  readonly chosen: string | null;
  readonly now: Date;
  readonly onChoose: (version: string) => void;
  readonly onOpen: (release: ReleaseRow) => void;
  readonly onPlatforms: (() => void) | null;
};
