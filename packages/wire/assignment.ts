import Type from "typebox";
import { TimestampSchema } from "./common.ts";

/** One file of a bundle. */
export const BundleFileSchema = Type.Object({
  path: Type.String({ pattern: "^[0-9A-Za-z_./-]+$", maxLength: 200 }),
  /** SHA-256 in base64, as subresource integrity writes it. */
  sha256: Type.String({ maxLength: 44 }),
  bytes: Type.Integer({ minimum: 0 }),
});

/** GET /v/<version>/manifest.json: what a bundle is. Never changed once published. */
export const BundleManifestSchema = Type.Object({
  version: Type.String({ pattern: "^\\d+\\.\\d+\\.\\d+$" }),
  platforms: Type.Array(Type.Union([Type.Literal("ios"), Type.Literal("android"), Type.Literal("web")])),
  loginProtocol: Type.String(),
  /** The ES module that starts the app, and the style sheets that it needs before the first paint. */
  entry: Type.String(),
  /** The modules that the entry imports before it can run: fetched and verified side by side with it. */
  preloads: Type.Array(Type.String(), { maxItems: 50 }),
  styles: Type.Array(Type.String(), { maxItems: 10 }),
  files: Type.Array(BundleFileSchema, { maxItems: 500 }),
});
export type BundleManifest = Type.Static<typeof BundleManifestSchema>;

/** GET /assignment: which version this installation gets, and until when the edge's word holds. */
export const AssignmentSchema = Type.Object({
  version: Type.String(),
  /** The single-use nonce that the boot layer hands in memory to the bundle that it starts. */
  activation: Type.String(),
  expiresAt: TimestampSchema,
});
export type Assignment = Type.Static<typeof AssignmentSchema>;

/** What the boot layer hands to the bundle that it starts, as `window.mainstay`. */
export type BootHandle = {
  readonly version: string;
  /** Null where the edge could not be asked (an offline start). */
  readonly activation: string | null;
  /** To be called once, when the first screen stands; until then the boot layer watches. */
  readonly booted: () => void;
};
