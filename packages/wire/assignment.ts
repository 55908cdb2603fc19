import Type from "typebox";
import { TimestampSchema } from "./common.ts";
import { PlatformSchema, VersionSchema } from "./release.ts";
import type { ShellHandle } from "./shells.ts";

/** One file of a bundle. */
export const BundleFileSchema = Type.Object({
  path: Type.String({ pattern: "^[0-9A-Za-z_./-]+$", maxLength: 200 }),
  /** SHA-256 in base64, as subresource integrity writes it. */
  sha256: Type.String({ maxLength: 44 }),
  bytes: Type.Integer({ minimum: 0 }),
});

/** GET /v/<version>/manifest.json: what a bundle is. Never changed once published. */
export const BundleManifestSchema = Type.Object({
  version: VersionSchema,
  platforms: Type.Array(PlatformSchema, { minItems: 1, maxItems: 3 }),
  /** What changed, in one line for staff. */
  summary: Type.String({ maxLength: 200 }),
  loginProtocol: Type.String({ maxLength: 20 }),
  /** The bank's API versions that it can talk to, both ends included. */
  api: Type.Object({ from: Type.Integer({ minimum: 1 }), to: Type.Integer({ minimum: 1 }) }),
  /** The oldest native shell that it runs in; null where it needs none. */
  minimumShell: Type.Union([VersionSchema, Type.Null()]),
  /** The ES module that starts the app, and the style sheets that it needs before the first paint. */
  entry: Type.String(),
  /** The modules that the entry imports before it can run: fetched and verified side by side with it. */
  preloads: Type.Array(Type.String(), { maxItems: 50 }),
  styles: Type.Array(Type.String(), { maxItems: 10 }),
  files: Type.Array(BundleFileSchema, { maxItems: 500 }),
});
export type BundleManifest = Type.Static<typeof BundleManifestSchema>;

/**
 * GET /v/<version>/manifest.json.sig: an Ed25519 signature (RFC 8032) over the manifest's very bytes,
 * after the
 * words `mainstay bundle 1\n`, by the key that `key` names.
 */
export const BundleSignatureSchema = Type.Object({
  /** The first 16 hex digits of the SHA-256 of the public key's SPKI. */
  key: Type.String({ pattern: "^[0-9a-f]{16}$" }),
  /** In base64url. */
  signature: Type.String({ minLength: 86, maxLength: 86 }),
});
export type BundleSignature = Type.Static<typeof BundleSignatureSchema>;

/** What the app should say about a newer version. */
export const UpdateAdviceSchema = Type.Union([
  Type.Object({ kind: Type.Literal("none") }),
  /** A nudge that can be put off. */
  Type.Object({
    kind: Type.Literal("recommended"),
    version: VersionSchema,
    storeUrl: Type.Union([Type.String(), Type.Null()]),
  }),
  /** A full page with the reason and one button, shown by the boot layer. */
  Type.Object({
    kind: Type.Literal("required"),
    version: VersionSchema,
    storeUrl: Type.Union([Type.String(), Type.Null()]),
  }),
]);
export type UpdateAdvice = Type.Static<typeof UpdateAdviceSchema>;

/**
 * GET /assignment?failed=<version>&running=<version>: which version this installation gets, and until when
 * the edge's word holds. `failed` names a version that didn't start or was refused here: it isn't given
 * again. With `running` nothing is assigned: that version goes on, and asks what is known of it.
 */
export const AssignmentSchema = Type.Object({
  version: VersionSchema,
  /**
   * The edge's signed, single-use word (see `ActivationSchema`), which the boot layer hands in memory to
   * the bundle.
   */
  activation: Type.String({ maxLength: 1_000 }),
  expiresAt: TimestampSchema,
  /** The versions that have logged in on this installation, newest first: what may be gone back to. */
  healthy: Type.Array(VersionSchema, { maxItems: 2 }),
  update: UpdateAdviceSchema,
});
export type Assignment = Type.Static<typeof AssignmentSchema>;

/**
 * GET /assignment/events?running=<version>: server-sent events for the boot layer. `assigned` says which
 * version this installation should be on; with `swap` true it changes at once, else with its next start.
 */
export const AssignmentEventSchema = Type.Union([
  Type.Object({ type: Type.Literal("assigned"), version: VersionSchema, swap: Type.Boolean() }),
  Type.Object({ type: Type.Literal("ping") }),
]);
export type AssignmentEvent = Type.Static<typeof AssignmentEventSchema>;

/** The most reports in one request, and the most that a device keeps while they can't be delivered. */
export const boot_reports_max = 20;
/**
 * POST /boot/reports: what the boot layer saw. Answered 204 once control has them for good; anything else,
 * and
 * the device keeps them and tries again.
 */
export const BootReportsSchema = Type.Object(
  {
    reports: Type.Array(
      Type.Object(
        {
          kind: Type.Enum([
            "activated",
            "booted",
            "boot-failed",
            "boot-hidden",
            "login-offered",
            "fell-back",
            "crashed",
          ]),
          /** The activation as it was handed out: signed by the edge, it names installation and version. */
          activation: Type.String({ maxLength: 1_000 }),
          reason: Type.Union([Type.String({ pattern: "^[a-z0-9_-]{1,60}$" }), Type.Null()]),
          /** How long ago it happened, in milliseconds: the device's clock is not believed. */
          agoMs: Type.Integer({ minimum: 0, maximum: 7 * 86_400_000 }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: boot_reports_max },
    ),
  },
  { additionalProperties: false },
);
export type BootReports = Type.Static<typeof BootReportsSchema>;

/** What the boot layer hands to the bundle that it starts, as `window.mainstay`. */
export type BootHandle = {
  readonly version: string;
  /** Null where the edge could not be asked (an offline start). */
  readonly activation: string | null;
  /** To be called once, when the first screen stands; until then the boot layer watches. */
  readonly booted: () => void;
  /** A logged-out customer sees the log-in. */
  readonly loginOffered: () => void;
  /**
   * This very bundle has logged in: the boot layer asks the edge whether that is so, and may go back to it
   * later.
   */
  readonly loggedIn: () => void;
  /**
   * The server refuses this client and not this customer (`client_refusal_codes`): the boot layer goes
   * back to
   * the last healthy version, quarantines this one and reports.
   */
  readonly refused: (code: string) => void;
  /** What an answer's `x-mainstay-swap` said: the boot layer changes to that version at once. */
  readonly swap: (version: string) => void;
  /** Why this page was started in place of another version; null where it wasn't. */
  readonly switched: "refused" | "crashed" | "slow" | "damaged" | "taken-back" | null;
  /** The native shell around the page; null in a browser. */
  readonly shell: ShellHandle | null;
  readonly update: UpdateAdvice;
  /** Puts the nudge off for a day. */
  readonly putOffUpdate: () => void;
};
