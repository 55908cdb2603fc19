import { classNames } from "@mainstay/ui";
import type { Platform, Releases } from "@mainstay/wire";
import { Card } from "../../parts/card.tsx";
import { countText, percentText } from "../../parts/numbers.ts";
import { everybodyOn } from "./tones.ts";
import { platformName, tone_grounds, type VersionTone } from "./words.ts";

/** The share from which a bar has room for its own figure. */
const labelled_share_min = 0.25;
/** More than so many versions share the last colour and one entry of the legend. */
const legend_max = 5;

/** Only the two colours that carry text well have a figure in the bar; the table has all of them. */
const label_inks: Readonly<Partial<Record<VersionTone, string>>> = {
  new: "text-ink dark:text-canvas",
  stable: "text-on-harbour",
};

function Bar({ platform, releases, tones }: BarProps) {
  const devices = releases.devices[platform];
  const total = devices.reduce((sum, { count }) => sum + count, 0);
  const order: readonly VersionTone[] = ["new", "stable", "older-1", "older-2", "older-3"];
  const toneOf = (version: string) => tones.get(version) ?? "older-3";
  const parts = devices
    .filter(({ count }) => count > 0)
    .toSorted((left, right) => order.indexOf(toneOf(left.version)) - order.indexOf(toneOf(right.version)));
  return (
    <>
      <dt className="font-medium">{platformName(platform)}</dt>
      <dd className="flex h-5 gap-0.5">
        {parts.length === 0 && <span className="flex-1 rounded-key bg-well" />}
        {parts.map(({ version, count }) => {
          const tone = toneOf(version);
          return (
            <span
              key={version}
              title={`${version}: ${countText(count)}, ${percentText(count / total, 1)}`}
              className={classNames(
                "money flex min-w-[3px] items-center rounded-key text-small font-semibold",
                tone_grounds[tone],
                label_inks[tone],
              )}
              style={{ flex: `${count} 1 0` }}
            >
              {count / total >= labelled_share_min && label_inks[tone] !== undefined && (
                <span className="px-2">{percentText(count / total, 1)}</span>
              )}
              <span className="sr-only">
                {version}: {countText(count)} devices
              </span>
            </span>
          );
        })}
      </dd>
      <dd className="money text-right text-ink-soft">{countText(total)}</dd>
    </>
  );
}

type BarProps = {
  readonly platform: Platform;
  readonly releases: Releases;
  readonly tones: ReadonlyMap<string, VersionTone>;
};

/** For each platform a bar of who is on which version. */
export function WhoIsOnWhat({ releases, tones, platforms }: WhoIsOnWhatProps) {
  const versions = everybodyOn(releases, platforms);
  const order = [...tones.keys()].filter((version) => versions.some((entry) => entry.version === version));
  return (
    <Card title="Who is on what" aside="devices seen in 30 days" className="min-w-0">
      <dl className="grid grid-cols-[64px_1fr_auto] items-center gap-x-5 gap-y-3.5 px-4 pt-4 pb-3">
        {platforms.map((platform) => (
          <Bar key={platform} platform={platform} releases={releases} tones={tones} />
        ))}
        <dt className="sr-only">Colours</dt>
        <dd className="col-span-2 col-start-2 flex flex-wrap gap-x-4 gap-y-1 text-small">
          {versions.length === 0 && <span className="text-ink-soft">No device has been seen yet.</span>}
          {order.slice(0, legend_max).map((version) => (
            <span key={version} className="money flex items-center gap-1.5">
              <span
                aria-hidden
                className={classNames(
                  "size-2.5 rounded-[3px]",
                  tone_grounds[tones.get(version) ?? "older-3"],
                )}
              />
              {version}
            </span>
          ))}
          {order.length > legend_max && (
            <span className="text-ink-soft">and {order.length - legend_max} older</span>
          )}
        </dd>
      </dl>
    </Card>
  );
}

type WhoIsOnWhatProps = {
  readonly releases: Releases;
  readonly tones: ReadonlyMap<string, VersionTone>;
  readonly platforms: readonly Platform[];
};
