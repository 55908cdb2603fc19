import { Link } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { Platform, ReleaseRow } from "@mainstay/wire";
import { ChevronRight } from "lucide-react";
import { none_sign, percentText } from "../../parts/numbers.ts";
import { Cell, Row, Table, type Column } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { State } from "./state.tsx";
import { platformName, releaseBadge, tone_grounds, type VersionTone } from "./words.ts";

/** How many of its checks are green; the figure leads to the matrix. */
export function ChecksLink({ release }: { readonly release: Pick<ReleaseRow, "version" | "checks"> }) {
  const { version, checks } = release;
  if (checks === null) return <span className="text-ink-soft">{none_sign}</span>;
  const isRed = checks.green < checks.total;
  return (
    <Link
      to="/releases/$version/checks"
      params={{ version }}
      onClick={(event) => event.stopPropagation()}
      className={classNames(
        "money border-b border-line2 hover:border-current",
        isRed && "font-semibold text-danger",
      )}
    >
      {checks.green} / {checks.total}
    </Link>
  );
}

function Share({ share, tone }: { readonly share: number | null; readonly tone: VersionTone }) {
  if (share === null) return <span className="text-ink-soft">{none_sign}</span>;
  return (
    <span className="flex min-w-[112px] items-center gap-3 pr-1 min-[1400px]:pr-2.5">
      <span aria-hidden className="h-1.5 w-[52px] shrink-0 overflow-hidden rounded-full bg-well">
        <span
          className={classNames("block h-full rounded-full", tone_grounds[tone])}
          style={{ width: share === 0 ? 0 : `max(3px, ${share * 100}%)` }}
        />
      </span>
      <span className={classNames("money ml-auto", share === 0 ? "text-ink-soft" : "font-medium")}>
        {share === 0 ? "0" : share < 0.001 ? "< 0.1 %" : percentText(share, 1)}
      </span>
    </span>
  );
}

/** Versions as rows, newest first. */
export function VersionsTable({ versions, platforms, tones, chosen, onChoose, onOpen }: VersionsTableProps) {
  const columns: Column[] = [
    "Version",
    "State",
    "What changed",
    "Protocol",
    { name: "Checks", isNumeric: true },
    ...platforms.map(platformName),
    "Published",
    "",
  ];
  return (
    <Table label="Versions, newest first" columns={columns}>
      {versions.map((release) => (
        <Row
          key={release.version}
          density="roomy"
          isChosen={release.version === chosen}
          onChoose={() => (release.version === chosen ? onOpen(release) : onChoose(release.version))}
        >
          <Cell isTight>
            <span className="money font-semibold">{release.version}</span>
          </Cell>
          <Cell isTight>
            <State of={releaseBadge(release)} />
          </Cell>
          <Cell isSoft isWide>
            <span className="line-clamp-1">{release.summary}</span>
          </Cell>
          <Cell isTight>
            <span className="font-medium">{release.loginProtocol}</span>
          </Cell>
          <Cell isRight>
            <ChecksLink release={release} />
          </Cell>
          {platforms.map((platform) => (
            <Cell key={platform} isNumeric>
              <Share share={release.share[platform]} tone={tones.get(release.version) ?? "older-3"} />
            </Cell>
          ))}
          <Cell isSoft isTight>
            <Time at={release.publishedAt} form="weekday" />
          </Cell>
          <Cell isTight>
            <button
              type="button"
              aria-label={`Open ${release.version}`}
              onClick={(event) => {
                event.stopPropagation();
                onOpen(release);
              }}
              className="flex size-6 items-center justify-center rounded-badge text-ink-soft hover:text-ink"
            >
              <ChevronRight size={15} strokeWidth={1.9} aria-hidden />
            </button>
          </Cell>
        </Row>
      ))}
    </Table>
  );
}

type VersionsTableProps = {
  readonly versions: readonly ReleaseRow[];
  readonly platforms: readonly Platform[];
  readonly tones: ReadonlyMap<string, VersionTone>;
  readonly chosen: string | null;
  readonly onChoose: (version: string) => void;
  readonly onOpen: (release: ReleaseRow) => void;
};
