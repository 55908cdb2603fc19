import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import type { Release } from "@mainstay/wire";
import type { ReactNode } from "react";
import { releaseQuery } from "../../api/releases.ts";
import { Card } from "../../parts/card.tsx";
import { countText, none_sign, percentText, sizeText } from "../../parts/numbers.ts";
import { Cell, Row, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { usePageFacts } from "../../shell/page-facts.ts";
import { usePageKeys } from "../../shell/page-keys.ts";
import { useCompareKey } from "./release-frame.tsx";
import { State } from "./state.tsx";
import { ChecksLink } from "./versions-table.tsx";
import { all_platforms, platformName, platformsText, rolloutBadge } from "./words.ts";

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="money min-w-0 break-words">{children}</dd>
    </>
  );
}

function Manifest({ release }: { readonly release: Release }) {
  const { api } = release;
  return (
    <Card title="Manifest" aside="never changed once published" className="shrink-0">
      <dl className="grid grid-cols-[150px_1fr] gap-x-3 gap-y-1.5 px-4 py-3">
        <Fact name="What changed">{release.summary}</Fact>
        <Fact name="Platforms">{platformsText(release.platforms)}</Fact>
        <Fact name="Login protocol">{release.loginProtocol}</Fact>
        <Fact name="Bank’s API">{api.from === api.to ? `v${api.from}` : `v${api.from} to v${api.to}`}</Fact>
        <Fact name="Minimum native shell">{release.minimumShell ?? none_sign}</Fact>
        <Fact name="Size">
          {sizeText(release.bytes)} in {countText(release.files.length)} files
        </Fact>
        <Fact name="Signed by key">{release.key}</Fact>
        <Fact name="Checks">
          <ChecksLink release={release} />
        </Fact>
      </dl>
    </Card>
  );
}

function Devices({ release }: { readonly release: Release }) {
  return (
    <Card title="Who has it" aside="devices seen in 30 days" className="shrink-0">
      <dl className="grid grid-cols-[1fr_auto_auto] gap-x-6 gap-y-1.5 px-4 py-3">
        {all_platforms.map((platform) => {
          const share = release.share[platform];
          return (
            <div key={platform} className="contents">
              <dt>{platformName(platform)}</dt>
              <dd className="money text-right">
                {share === null ? none_sign : countText(release.devices[platform])}
              </dd>
              <dd className="money text-right text-ink-soft">
                {share === null ? none_sign : percentText(share, 1)}
              </dd>
            </div>
          );
        })}
      </dl>
    </Card>
  );
}

function Rollouts({ release }: { readonly release: Release }) {
  return (
    <Card title="Rollouts" note="newest first" className="min-h-0 flex-1">
      {release.rollouts.length === 0 ? (
        <p className="px-4 py-3 text-ink-soft">{release.version} was never rolled out.</p>
      ) : (
        <Table
          label="Rollouts, newest first"
          columns={["Started", "By", "On", "State", { name: "People", isNumeric: true }]}
        >
          {release.rollouts.map((rollout) => (
            <Row key={rollout.id}>
              <Cell isTight>
                <Link
                  to="/rollouts/$id"
                  params={{ id: rollout.id }}
                  className="border-b border-line2 hover:border-current"
                >
                  <Time at={rollout.startedAt} form="weekday" />
                </Link>
              </Cell>
              <Cell isTight>{rollout.startedBy.name}</Cell>
              <Cell isSoft>{platformsText(rollout.platforms)}</Cell>
              <Cell isTight>
                <State of={rolloutBadge(rollout)} />
              </Cell>
              <Cell isRight>{countText(rollout.people)}</Cell>
            </Row>
          ))}
        </Table>
      )}
    </Card>
  );
}

/** What pages of one version have in common: their place, the key that compares, and the version. */
function useReleasePage(page: string | null): Release | undefined {
  const { version } = useParams({ from: "/frame/releases/$version" });
  const { data } = useQuery(releaseQuery(version));
  usePageKeys(useCompareKey());
  usePageFacts([
    { name: "Releases", to: "/releases" },
    { name: version, to: page === null ? null : `/releases/${version}` },
    ...(page === null ? [] : [{ name: page, to: null }]),
  ]);
  return data;
}

/** A version at a glance: its manifest, its rollouts, who has it. */
export function ReleaseOverview() {
  const release = useReleasePage(null);
  if (release === undefined) return null;
  return (
    <div className="flex min-h-0 flex-1 gap-3">
      <div className="flex min-w-0 flex-1 flex-col gap-3">
        <Manifest release={release} />
        <Rollouts release={release} />
      </div>
      <div className="flex w-[340px] shrink-0 flex-col gap-3">
        <Devices release={release} />
      </div>
    </div>
  );
}

/** Every file of a version with its size and hash, the largest first. */
export function ReleaseFiles() {
  const release = useReleasePage("Files");
  if (release === undefined) return null;
  return (
    <Card
      className="flex-1"
      foot={
        <span className="money">
          {countText(release.files.length)} files, {sizeText(release.bytes)}
        </span>
      }
    >
      <Table label="Files" columns={["File", { name: "Size", isNumeric: true }, "SHA-256"]}>
        {release.files
          .toSorted((left, right) => right.bytes - left.bytes)
          .map((file) => (
            <Row key={file.path}>
              <Cell>
                <span className="break-all">{file.path}</span>
              </Cell>
              <Cell isRight>{sizeText(file.bytes)}</Cell>
              <Cell isSoft>
                <span className="text-small break-all">{file.sha256}</span>
              </Cell>
            </Row>
          ))}
      </Table>
    </Card>
  );
}
