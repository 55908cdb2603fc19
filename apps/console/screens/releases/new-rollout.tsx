import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { Approval, Platform, Release, ReleaseRow, Releases } from "@mainstay/wire";
import { useState } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { releaseQuery, startRollout } from "../../api/releases.ts";
import { sentenceOf } from "../../api/request.ts";
import { Button } from "../../parts/button.tsx";
import { Dialog } from "../../parts/dialog.tsx";
import { Trouble } from "../../parts/field.tsx";
import { countText, peopleText, stageText } from "../../parts/numbers.ts";
import { Select } from "../../parts/select.tsx";
import { spanText } from "../../parts/time.tsx";
import { SignFirst } from "./signing.tsx";
import { all_platforms, override_share_max, platformName, platformsText } from "./words.ts";

const minute_ms = 60_000;

/**
 * The stages that a rollout has by default: what each touches, how long it lasts, how much worse it may look.
 */
const default_stages = [
  { share: 0.01, minutes: 60, marginPoints: 10 },
  { share: 0.02, minutes: 120, marginPoints: 10 },
  { share: 0.05, minutes: 240, marginPoints: 5 },
  { share: 0.1, minutes: 480, marginPoints: 5 },
  { share: 0.2, minutes: 720, marginPoints: 3 },
  { share: 0.5, minutes: 1_440, marginPoints: 2 },
  { share: 1, minutes: 4_320, marginPoints: 1 },
] as const;

function mayBeRolledOut({ state }: ReleaseRow): boolean {
  return ["checked", "unchecked", "checks-red"].includes(state);
}

function devicesOn({ devices }: Releases, platforms: readonly Platform[]): number {
  return platforms.flatMap((platform) => devices[platform]).reduce((sum, { count }) => sum + count, 0);
}

function ChecksSentence({ release, isOverridden }: ChecksSentenceProps) {
  const { checks, version } = release;
  if (isOverridden) {
    return (
      <p className="rounded-control bg-lamp-tint px-3 py-2 text-small text-lamp-ink">
        Two people let {version} past its checks. It stops at {stageText(override_share_max * 100)}.
      </p>
    );
  }
  if (checks === null) {
    return (
      <p className="rounded-control bg-lamp-tint px-3 py-2 text-small text-lamp-ink">
        {version} hasn’t been checked. Run its checks first: npm run release -- check {version}
      </p>
    );
  }
  const red = checks.total - checks.green;
  if (red === 0) {
    return (
      <p className="money rounded-control bg-good-tint px-3 py-2 text-small text-good">
        All {checks.total} checks are green.
      </p>
    );
  }
  return (
    <p className="money rounded-control bg-danger-tint px-3 py-2 text-small text-danger">
      {red} of {checks.total} checks {red === 1 ? "is" : "are"} red. It can go to{" "}
      {stageText(override_share_max * 100)} only after two people have signed for it on its checks page.
    </p>
  );
}

type ChecksSentenceProps = {
  readonly release: ReleaseRow;
  /** Two people have signed for going on although its checks aren't green. */
  readonly isOverridden: boolean;
};

function Platforms({ release, why, platforms, onChange }: PlatformsProps) {
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-small text-ink-soft">Platforms</legend>
      {all_platforms.map((platform) => {
        const isMade = release.platforms.includes(platform);
        const reason = isMade ? (why?.[platform] ?? null) : "isn’t made for it";
        return (
          <label key={platform} className="flex items-center gap-2.5">
            <input
              type="checkbox"
              className="size-4 accent-harbour"
              disabled={reason !== null}
              checked={reason === null && platforms.includes(platform)}
              onChange={(event) =>
                onChange(
                  event.target.checked
                    ? [...platforms, platform]
                    : platforms.filter((other) => other !== platform),
                )
              }
            />
            <span className={classNames("font-medium", reason !== null && "text-ink-soft")}>
              {platformName(platform)}
            </span>
            {reason !== null && <span className="text-small text-ink-soft">{reason}</span>}
          </label>
        );
      })}
    </fieldset>
  );
}

type PlatformsProps = {
  readonly release: ReleaseRow;
  readonly why: Release["whyNotStart"] | undefined;
  readonly platforms: readonly Platform[];
  readonly onChange: (platforms: readonly Platform[]) => void;
};

function Stages({ shares, devices, onChange }: StagesProps) {
  return (
    <fieldset>
      <legend className="mb-1 text-small text-ink-soft">Stages: each ends by its time and by evidence</legend>
      <div className="grid grid-cols-[auto_auto_1fr_auto] gap-x-4 gap-y-1">
        {default_stages.map(({ share, minutes, marginPoints }) => {
          const isOn = shares.includes(share);
          const name = stageText(share * 100);
          return (
            <label key={share} className={classNames("contents", !isOn && "[&>*]:text-ink-soft")}>
              <span className="flex items-center gap-2.5">
                <input
                  type="checkbox"
                  aria-label={`Stage of ${name}`}
                  className="size-4 accent-harbour"
                  checked={isOn}
                  onChange={(event) =>
                    onChange(
                      event.target.checked ? [...shares, share] : shares.filter((other) => other !== share),
                    )
                  }
                />
                <span className="money w-14 font-semibold">{name}</span>
              </span>
              <span className="money text-small leading-5">at least {spanText(minutes * minute_ms)}</span>
              <span className="money text-small leading-5">
                worse by less than {marginPoints} {marginPoints === 1 ? "point" : "points"}
              </span>
              <span className="money text-right">
                {isOn ? peopleText(Math.round(share * devices)) : "left out"}
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

type StagesProps = {
  readonly shares: readonly number[];
  readonly devices: number;
  readonly onChange: (shares: readonly number[]) => void;
};

function useStart(deps: {
  readonly version: string;
  readonly platforms: readonly Platform[];
  readonly shares: readonly number[];
  readonly onApproval: (approval: Approval) => void;
  readonly onClose: () => void;
}) {
  const { version, platforms, shares, onApproval, onClose } = deps;
  const commandId = useCommandId(version, ...platforms, ...shares);
  const client = useQueryClient();
  const navigate = useNavigate();
  const isDefault = shares.length === default_stages.length;
  const stages = default_stages.filter(({ share }) => shares.includes(share)).map((stage) => ({ ...stage }));
  return useMutation({
    mutationFn: () =>
      startRollout({
        commandId,
        version,
        platforms: [...platforms],
        ...(isDefault ? {} : { stages }),
      }),
    onSuccess: async ({ rollout, approval }) => {
      void client.invalidateQueries({ queryKey: ["releases"] });
      if (approval !== null) onApproval(approval);
      else if (rollout !== null) await navigate({ to: "/rollouts/$id", params: { id: rollout } });
      else onClose();
    },
  });
}

/** Starting a rollout: which version, where, by which stages, and how many people each touches. */
export function NewRollout({
  releases,
  onClose,
}: {
  readonly releases: Releases;
  readonly onClose: () => void;
}) {
  const rows = releases.versions.filter(mayBeRolledOut);
  const [version, setVersion] = useState(rows[0]?.version ?? "");
  const release = rows.find((row) => row.version === version);
  const [wanted, setWanted] = useState<readonly Platform[]>(all_platforms);
  const [shares, setShares] = useState<readonly number[]>(default_stages.map(({ share }) => share));
  const [approval, setApproval] = useState<Approval | null>(null);
  const whole = useQuery({ ...releaseQuery(version), enabled: version !== "" });
  const why = whole.data?.whyNotStart;
  const isGreen = release?.checks !== null && release?.checks.green === release?.checks.total;
  const isOverridden = !isGreen && whole.data?.matrix.override?.state === "carried-out";
  const platforms = wanted.filter(
    (platform) => release?.platforms.includes(platform) === true && (why?.[platform] ?? null) === null,
  );
  const starting = useStart({ version, platforms, shares, onApproval: setApproval, onClose });
  if (approval !== null) return <SignFirst approval={approval} onClose={onClose} />;
  const devices = devicesOn(releases, platforms);
  const first = Math.min(...shares);
  const isReady = platforms.length > 0 && shares.length > 0 && whole.isSuccess;
  const foot = (
    <>
      <Button onClick={onClose}>Not now</Button>
      <Button look="primary" disabled={!isReady} busy={starting.isPending} onClick={() => starting.mutate()}>
        {isReady ? `Start at ${stageText(first * 100)}, ${peopleText(Math.round(first * devices))}` : "Start"}
      </Button>
    </>
  );
  return (
    <Dialog
      title="New rollout"
      width={560}
      onClose={onClose}
      foot={release ? foot : <Button onClick={onClose}>Close</Button>}
    >
      {release === undefined ? (
        <p className="text-ink-soft">
          There is no version to roll out: every one that is published is stable already, rolling out or
          withdrawn.
        </p>
      ) : (
        <>
          <Select
            label="Version"
            value={version}
            onChange={setVersion}
            options={rows.map((row) => ({ value: row.version, name: `${row.version}  ${row.summary}` }))}
          />
          <ChecksSentence release={release} isOverridden={isOverridden} />
          <Platforms release={release} why={why} platforms={wanted} onChange={setWanted} />
          <Stages shares={shares} devices={devices} onChange={setShares} />
          <p className="money text-small text-ink-soft">
            Of {countText(devices)} devices{platforms.length > 0 && ` on ${platformsText(platforms)}`} seen in
            30 days. Steps to more than 20 % take a second person.
          </p>
        </>
      )}
      <Trouble>{starting.isError ? sentenceOf(starting.error) : null}</Trouble>
    </Dialog>
  );
}
