import type { RefusedVersions } from "@mainstay/wire";

/** What rollouts ask of the bank, under its `/internal`; each throws when the bank can't be reached. */
export type BankPort = {
  /** Failed log-ins that a version caused no longer count. As often as one likes. */
  readonly liftFailures: (version: string) => Promise<{ lifted: number }>;
  /** All the versions whose log-ins are refused from now on. */
  readonly refuseVersions: (versions: RefusedVersions) => Promise<void>;
  readonly acceptedProtocols: () => Promise<readonly string[]>;
  /** Answers null where the bank refuses, since one of them is needed or none would stay. */
  readonly putProtocols: (
    accepted: readonly string[],
    needed: readonly { readonly protocol: string; readonly versions: readonly string[] }[],
  ) => Promise<readonly string[] | null>;
};
