/** A file of a bundle, as far as two versions of it are compared. */
type BundleFile = { readonly path: string; readonly sha256: string; readonly bytes: number };

/** A file that isn't the same in two versions. `bytes` is null on the side that hasn't got it. */
export type FileDifference = {
  readonly name: string;
  readonly kind: "added" | "removed" | "changed";
  readonly before: number | null;
  readonly after: number | null;
};

/**
 * What `main-4f3a9c1b.js` is without the hash that its builder put into it: the same file of two versions.
 */
export function stableName(path: string): string {
  return path.replace(/[-.][0-9A-Za-z_-]{8,12}(?=\.[a-z0-9]+$)/, "");
}

/** The files that differ from an older manifest to a newer one, the largest change first. */
export function fileDifferences(
  older: { readonly files: readonly BundleFile[] },
  newer: { readonly files: readonly BundleFile[] },
): FileDifference[] {
  const before = new Map(older.files.map((file) => [stableName(file.path), file]));
  const after = new Map(newer.files.map((file) => [stableName(file.path), file]));
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .flatMap((name): FileDifference[] => {
      const [was, is] = [before.get(name), after.get(name)];
      if (was?.sha256 === is?.sha256) return [];
      const kind = was === undefined ? "added" : is === undefined ? "removed" : "changed";
      return [{ name, kind, before: was?.bytes ?? null, after: is?.bytes ?? null }];
    })
    .toSorted((left, right) => weightOf(right) - weightOf(left) || left.name.localeCompare(right.name));
}

function weightOf({ before, after }: FileDifference): number {
  return Math.abs((after ?? 0) - (before ?? 0));
}
