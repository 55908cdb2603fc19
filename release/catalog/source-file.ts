import { CatalogError } from "./errors.ts";
import { bundle_bytes_max, bundle_files_max, file_bytes_max } from "./limits.ts";

/** A file of what is to be published, by its path from the top. */
export type SourceFile = { readonly path: string; readonly content: Buffer };

const path_pattern = /^[0-9A-Za-z_./-]{1,200}$/;
/** Names that the catalog gives to files of its own, beside a bundle's. */
const own_names = /^(?:manifest\.json|bundle\.zip|bundle\.zip\.json)(?:\.sig)?$|\.(?:br|gz)$/;

/** Says whether a path is one that the catalog gives to a file of its own, beside a bundle's. */
export function isOwnName(path: string): boolean {
  return own_names.test(path);
}

/**
 * Says whether a path leads to a file of a bundle: it climbs nowhere and takes no name of the catalog's own.
 */
export function isPlainPath(path: string): boolean {
  const isPlain = path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
  return isPlain && path_pattern.test(path) && !isOwnName(path);
}

/** Counts what is read and throws `CatalogError` where it grows beyond what is published. */
export function createTally(): { readonly add: (path: string, bytes: number) => void } {
  let files = 0;
  let total = 0;
  const tooLarge = (sentence: string) => new CatalogError("bundle_too_large", sentence);
  const megabytes = (bytes: number) => `${bytes / 1024 / 1024} MiB`;
  return {
    add: (path, bytes) => {
      files += 1;
      total += bytes;
      if (bytes > file_bytes_max) {
        throw tooLarge(`${path} is larger than a file of a bundle may be (${megabytes(file_bytes_max)}).`);
      }
      if (files > bundle_files_max) throw tooLarge(`It holds more than ${bundle_files_max} files.`);
      if (total > bundle_bytes_max) {
        throw tooLarge(`It is larger than a bundle may be (${megabytes(bundle_bytes_max)}).`);
      }
    },
  };
}
