export { CatalogError, type CatalogErrorCode } from "./errors.ts";
export {
  acceptKeys,
  bootKeysOf,
  createReleaseKey,
  keyNameOf,
  PublicKeysSchema,
  readPublicKeys,
  readReleaseKey,
  writePublicKey,
  type AcceptedKeys,
  type PublicKeys,
} from "./keys.ts";
export * from "./limits.ts";
export { BundleDescriptionSchema, bundle_description, readManifest, type Publication } from "./manifest.ts";
export {
  publishBundle,
  publishNext,
  publishVersion,
  signBundle,
  type Published,
  type SignedBundle,
} from "./publish.ts";
export {
  listVersions,
  readPublishedManifest,
  readPublishedZip,
  readVersion,
  type PublishedVersion,
} from "./reads.ts";
export { resignCatalog } from "./resign.ts";
export { readSignature, signBytes, verifyBytes } from "./signature.ts";
export type { SourceFile } from "./source-file.ts";
export { readSource } from "./source.ts";
export { takeOutVersion } from "./take-out.ts";
export { compareVersions, isVersion, newestOf, versionAfter } from "./version.ts";
export {
  readWithdrawal,
  readWithdrawals,
  keepWithdrawal,
  signWithdrawal,
  type SignedWithdrawal,
  type Withdrawal,
} from "./withdrawal.ts";
