import type { LoginProtocol } from "@mainstay/wire";
import type { Plugin } from "vite";

/**
 * What a build says of itself, in `mainstay.json` beside its entry; publishing reads it (release/catalog).
 */
export type BundleDescription = {
  readonly loginProtocol: LoginProtocol;
  /** The bank's API versions that it can talk to, both ends included. */
  readonly api: { readonly from: number; readonly to: number };
  /** The oldest native shell that it runs in; null where any will do. */
  readonly minimumShell: string | null;
};

/**
 * Has the build write down what it is, so that a manifest never says of a bundle what its code doesn't do.
 */
export function describeBundle(description: BundleDescription): Plugin {
  return {
    name: "mainstay:describe-bundle",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "mainstay.json", source: JSON.stringify(description) });
    },
  };
}
