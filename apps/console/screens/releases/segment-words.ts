import type { RolloutSegment } from "@mainstay/wire";
import { listText } from "./words.ts";

const system_names: Readonly<Record<string, string>> = {
  ios: "iOS",
  android: "Android",
  windows: "Windows",
  mac: "macOS",
  linux: "Linux",
  other: "Other systems",
};

const part_names: Readonly<Record<string, string>> = {
  all: "All log-ins",
  other: "Everything else",
  "platform=ios": "iOS",
  "platform=android": "Android",
  "platform=web": "Web",
  "device=returning": "Returning device",
  "device=new": "New device",
  "way=passkey": "By passkey",
  "way=recovery": "By recovery",
  "way=registration": "By opening an account",
  "way=unknown": "In a way not told",
  "visit=first": "First log-in on it",
  "visit=later": "Later log-in on it",
  "installation=unproven": "Never logged in before",
};

/** An operating system with its major version: `ios-18` is "iOS 18". */
export function systemName(os: string): string {
  const [system = "", major] = os.split("-");
  return [system_names[system] ?? system, major].filter(Boolean).join(" ");
}

/** How somebody logs in: `passkey` is "By passkey". */
export function wayName(way: string): string {
  return part_names[`way=${way}`] ?? way;
}

function partName(part: string): string {
  return part.startsWith("os=") ? systemName(part.slice("os=".length)) : (part_names[part] ?? part);
}

/** A segment in words: `os=ios-18,device=returning` is "iOS 18 and returning device". */
export function segmentName(segment: string): string {
  const names = segment.split(",").map(partName);
  return listText(
    names.map((name, index) => (index === 0 || /^(iOS|macOS)/.test(name) ? name : lower(name))),
  );
}

function lower(words: string): string {
  return `${words.slice(0, 1).toLowerCase()}${words.slice(1)}`;
}

const groups = [
  { name: null, has: (segment: string) => segment === "all" },
  { name: "Platform", has: (segment: string) => segment.startsWith("platform=") },
  { name: "System", has: (segment: string) => segment.startsWith("os=") },
  { name: "Device", has: (segment: string) => segment.startsWith("device=") },
  { name: "Way of logging in", has: (segment: string) => segment.startsWith("way=") },
  { name: "Visit", has: (segment: string) => segment.startsWith("visit=") },
  {
    name: "Never logged in before: can pause, not roll back",
    has: (segment: string) => /unproven/.test(segment),
  },
] as const;

const systems = Object.keys(system_names);
/** More than any major version of a system. */
const major_max = 10_000;

/**
 * Systems in the order of the platforms, each from its newest version; what isn't a system comes as it is.
 */
function systemOrder({ segment }: RolloutSegment): number {
  const [, system = "", major = "0"] = /^os=([a-z]+)(?:-(\d+))?$/.exec(segment) ?? [];
  return system === "" ? 0 : (systems.indexOf(system) + 1) * major_max - Number(major);
}

/** A group of segments under its head; the whole has none. */
export type SegmentGroup = {
  readonly name: string | null;
  readonly segments: readonly RolloutSegment[];
};

/** Segments put in groups, systems by name, others by how many log-ins they have; finest cells are last. */
export function groupSegments(segments: readonly RolloutSegment[]): readonly SegmentGroup[] {
  const single = segments.filter(({ segment }) => !segment.includes(","));
  const fine = segments.filter(({ segment }) => segment.includes(","));
  const placed = groups.map(({ name, has }) => ({
    name,
    segments: single.filter((row) => has(row.segment)),
  }));
  const known = new Set(placed.flatMap((group) => group.segments));
  return [
    ...placed,
    { name: "Others", segments: single.filter((row) => !known.has(row)) },
    { name: "Finest", segments: fine },
  ]
    .filter((group) => group.segments.length > 0)
    .map((group) => ({
      ...group,
      segments: group.segments.toSorted(
        (left, right) => systemOrder(left) - systemOrder(right) || right.candidate.n - left.candidate.n,
      ),
    }));
}
