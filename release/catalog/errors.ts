/**
 * Thrown when something is refused by the catalog; its message is one sentence for whoever publishes, and
 * nothing was changed.
 */
export class CatalogError extends Error {
  override readonly name = "CatalogError";
  readonly code: CatalogErrorCode;
  constructor(code: CatalogErrorCode, sentence: string) {
    super(sentence);
    this.code = code;
  }
}

/** Everything that the catalog refuses, by what is wrong. */
export type CatalogErrorCode =
  | "version_invalid"
  | "version_not_newer"
  | "version_taken"
  | "version_unknown"
  | "version_withdrawn"
  | "bundle_missing"
  | "bundle_path_unsafe"
  | "bundle_link"
  | "bundle_too_large"
  | "bundle_not_built"
  | "zip_invalid"
  | "zip_bomb"
  | "manifest_invalid"
  | "manifest_mismatch"
  | "hash_mismatch"
  | "signature_missing"
  | "signature_invalid"
  | "key_unknown"
  | "key_missing"
  | "key_exists";
