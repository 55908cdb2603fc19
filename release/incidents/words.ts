import type { Platform } from "@mainstay/wire";

const figures = new Intl.NumberFormat("en-GB");
const shares = new Intl.NumberFormat("en-GB", { style: "percent", maximumFractionDigits: 1 });

/** A count, `26,840`. */
export function countText(count: number): string {
  return figures.format(count);
}

/** A count of people, `1 person`. */
export function peopleText(count: number): string {
  return count === 1 ? "1 person" : `${countText(count)} people`;
}

/** A share from 0 to 1, `10 %`. */
export function shareText(share: number): string {
  return shares.format(share).replace("%", " %");
}

const platform_names: Readonly<Record<Platform, string>> = {
  ios: "iPhone",
  android: "Android",
  web: "the web",
};

/** A platform as people call it: "iPhone". */
export function platformText(platform: string): string {
  return platform_names[platform as Platform] ?? platform;
}

const os_names: Readonly<Record<string, string>> = {
  ios: "iOS",
  android: "Android",
  windows: "Windows",
  macos: "macOS",
  linux: "Linux",
  chromeos: "ChromeOS",
};

/** An operating system and its major version as people write it: "iOS 27". */
export function osText(os: string): string {
  const [name = "", version] = os.split("-");
  const shown = os_names[name] ?? name;
  return version === undefined ? shown : `${shown} ${version}`;
}

/** The group of log-ins that the guard names, in words that follow "people": " with iOS 27"; "" for all. */
export function segmentText(segment: string): string {
  const parts = new Map(
    segment.split(/[,:]/).map((part) => {
      const at = part.indexOf("=");
      return [part.slice(0, Math.max(0, at)), part.slice(at + 1)] as const;
    }),
  );
  const os = parts.get("os");
  if (os !== undefined) return ` with ${osText(os)}`;
  const platform = parts.get("platform");
  return platform === undefined ? "" : ` on ${platformText(platform)}`;
}
