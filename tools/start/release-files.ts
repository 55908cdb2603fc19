import { join } from "node:path";

/** Where a Mainstay keeps what has to do with releases. Only who publishes is told of the private key. */
export type ReleaseFiles = {
  readonly catalog: string;
  /** The boot layer as it is served: with the public keys in it. */
  readonly boot: string;
  readonly publicKeys: string;
  readonly privateKey: string;
};

/**
 * Names the files of releases in a data folder; `privateKey` is elsewhere where whoever publishes says so.
 */
export function releaseFilesOf(dataFolder: string, privateKey: string | undefined): ReleaseFiles {
  return {
    catalog: join(dataFolder, "catalog"),
    boot: join(dataFolder, "boot"),
    publicKeys: join(dataFolder, "release-keys.json"),
    privateKey: privateKey ?? join(dataFolder, "keys", "release.pem"),
  };
}
