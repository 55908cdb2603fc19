/**
 * Semantic versioning's core, without leading zeros (semver.org §2). Pre-releases are no versions of ours.
 */
const version_pattern = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/;

/** Says whether a text is a version's name: three numbers, like `1.4.0`. */
export function isVersion(text: string): boolean {
  return version_pattern.test(text);
}

/** Compares two versions as numbers: negative when the left one is older. Both must be versions. */
export function compareVersions(left: string, right: string): number {
  const [a = [], b = []] = [left, right].map((text) => text.split(".").map(Number));
  return (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0) || (a[2] ?? 0) - (b[2] ?? 0);
}

/** The newest of some versions; null where there is none. */
export function newestOf(versions: readonly string[]): string | null {
  return versions.toSorted(compareVersions).at(-1) ?? null;
}

/** The next patch after a version; the first one of all where there is none yet. */
export function versionAfter(newest: string | null): string {
  const [major = 0, minor = 1, patch = 0] = newest?.split(".").map(Number) ?? [];
  return `${major}.${minor}.${patch + 1}`;
}
