import Type from "typebox";
import { TimestampSchema } from "./common.ts";

/** The platforms that the app is published for. */
export const platforms = ["ios", "android", "web"] as const;
export const PlatformSchema = Type.Enum([...platforms]);
export type Platform = Type.Static<typeof PlatformSchema>;

/** A version's name: three numbers, as in semantic versioning. */
export const VersionSchema = Type.String({ pattern: "^\\d{1,9}\\.\\d{1,9}\\.\\d{1,9}$", maxLength: 29 });

/** An installation: one app on one device, named by the edge. */
export const InstallationIdSchema = Type.String({ pattern: "^ins_[0-9A-Za-z]{22}$" });
export const RolloutIdSchema = Type.String({ pattern: "^rol_[0-9A-Za-z]{22}$" });

/** The new version's arm, or the one it is compared with. `none`: no rollout runs where this one is. */
export const ArmSchema = Type.Enum(["candidate", "stable", "none"]);

/**
 * What the edge signs into an activation: which version this installation was given, when, and in which
 * arm.
 * Fixed when it is handed out; a log-in counts for the version of its activation.
 */
export const ActivationSchema = Type.Object({
  /** Single-use: a version is healthy here by the first log-in that carries it. */
  nonce: Type.String({ minLength: 16, maxLength: 32 }),
  installation: InstallationIdSchema,
  version: VersionSchema,
  platform: PlatformSchema,
  /** Operating system and its major version, like `ios-18`, `android-15`, `windows-10`, `other`. */
  os: Type.String({ pattern: "^[a-z]{1,12}(-\\d{1,4})?$" }),
  rollout: Type.Union([RolloutIdSchema, Type.Null()]),
  arm: ArmSchema,
  /** Whether this installation had logged in before the rollout began (or now, where none runs). */
  device: Type.Enum(["returning", "new"]),
  /** The customer who logged in here last, as an opaque reference of the bank's; null where nobody has. */
  customer: Type.Union([Type.String({ maxLength: 40 }), Type.Null()]),
  issuedAt: TimestampSchema,
});
export type Activation = Type.Static<typeof ActivationSchema>;

/**
 * The header in which a client shows its activation with each request to `/api` (and a shell, to the edge).
 */
export const activation_header = "x-mainstay-activation";
/**
 * The header in which the edge hands the verified activation on to the bank: the JSON of
 * `ActivationSchema`,
 * in base64url. Taken away from whatever a client sends.
 */
export const verified_activation_header = "x-mainstay-verified-activation";
/** The header, on every answer to a client, with the version that it should be on. */
export const assigned_version_header = "x-mainstay-assigned";
/** The header that tells a client to change to that version at once: its own was taken back. */
export const swap_header = "x-mainstay-swap";
/**
 * The header of the bank's answer to a log-in that succeeded: the customer's opaque reference. The edge
 * keeps
 * it in the installation's cookie and passes it on to nobody.
 */
export const customer_header = "x-mainstay-customer";
/** The header in which processes of ours show one another that they are ours. */
export const edge_secret_header = "x-edge-secret";

/** What happened to one installation on one version. */
export const signal_kinds = [
  /** The boot layer has started a bundle in the foreground. */
  "activated",
  /** Its first screen stands. */
  "booted",
  /** It didn't stand: `reason` is slow, crashed or damaged. */
  "boot-failed",
  /** The page went out of sight before it stood: the activation proves nothing. */
  "boot-hidden",
  /** A logged-out customer was shown the log-in. */
  "login-offered",
  /** The server handed out a challenge. */
  "login-begun",
  "login-succeeded",
  /**
   * Refused; `reason` is the problem's code. A log-in begun and silent for 60 s is one too, by control's
   * clock.
   */
  "login-failed",
  /** The boot layer has gone back to another version; `reason` is why. */
  "fell-back",
  /** An error that no screen caught, after the app stood. */
  "crashed",
] as const;

/** One signal, as the bank and the edge deliver it to control: at least once, counted once by its id. */
export const SignalSchema = Type.Object(
  {
    /** The same for the same happening, however often it is delivered. */
    id: Type.String({ minLength: 8, maxLength: 80 }),
    kind: Type.Enum([...signal_kinds]),
    at: TimestampSchema,
    activation: ActivationSchema,
    /** What a log-in's begin, success and failure have in common; null for other signals. */
    attempt: Type.Union([Type.String({ maxLength: 80 }), Type.Null()]),
    /** When the attempt began; equal to `at` for what isn't a log-in. */
    begunAt: TimestampSchema,
    /** How somebody logs in. */
    way: Type.Union([Type.Enum(["passkey", "recovery", "registration"]), Type.Null()]),
    protocol: Type.Union([Type.String({ maxLength: 20 }), Type.Null()]),
    /** The customer whom the log-in named (opaque); null where it named nobody. */
    customer: Type.Union([Type.String({ maxLength: 40 }), Type.Null()]),
    reason: Type.Union([Type.String({ maxLength: 60 }), Type.Null()]),
  },
  { additionalProperties: false },
);
export type Signal = Type.Static<typeof SignalSchema>;

/** The most signals in one delivery. */
export const signals_batch_max = 500;
/** POST /internal/signals (control; with the edge's secret). Answers once they are durable. */
export const SignalsSchema = Type.Object(
  { signals: Type.Array(SignalSchema, { minItems: 1, maxItems: signals_batch_max }) },
  { additionalProperties: false },
);
export const SignalsTakenSchema = Type.Object({
  /** How many were new. */
  taken: Type.Integer({ minimum: 0 }),
  /** The ids of those that can't be: unknown version, a time in the future, and why. */
  refused: Type.Array(Type.Object({ id: Type.String(), reason: Type.String() })),
});

/** A rollout, as far as the edge must know it. */
export const PlannedRolloutSchema = Type.Object({
  id: RolloutIdSchema,
  candidate: VersionSchema,
  salt: Type.String({ minLength: 16, maxLength: 64 }),
  /** The share of installations that get the candidate: those whose cohort, from 0 to 1, is below it. */
  share: Type.Number({ minimum: 0, maximum: 1 }),
  /** `paused`: who is healthy on the candidate keeps it, nobody else gets it. */
  state: Type.Enum(["running", "paused"]),
  startedAt: TimestampSchema,
});
export type PlannedRollout = Type.Static<typeof PlannedRolloutSchema>;

/** What one platform gets. */
export const PlatformPlanSchema = Type.Object({
  stable: Type.Union([VersionSchema, Type.Null()]),
  /** Where a rollback of stable itself would go. */
  previous: Type.Union([VersionSchema, Type.Null()]),
  rollout: Type.Union([PlannedRolloutSchema, Type.Null()]),
  /**
   * Below `minimum` the app (on ios and android: the shell from the store) must be updated; below
   * `recommended` it should be.
   */
  recommended: Type.Union([VersionSchema, Type.Null()]),
  minimum: Type.Union([VersionSchema, Type.Null()]),
  storeUrl: Type.Union([Type.String({ maxLength: 300 }), Type.Null()]),
});
export type PlatformPlan = Type.Static<typeof PlatformPlanSchema>;

/**
 * GET /internal/plan?after=<epoch> (control; with the edge's secret; waits up to 20 s for a newer one): who
 * gets which version. The edge keeps the last one, also on disk, and goes on by it when control is away.
 */
export const PlanSchema = Type.Object({
  /** Rises with every change. */
  epoch: Type.Integer({ minimum: 0 }),
  platforms: Type.Object({ ios: PlatformPlanSchema, android: PlatformPlanSchema, web: PlatformPlanSchema }),
  /**
   * Versions that nobody may be on: rolled back (on these platforms) or withdrawn. Clients on one swap at
   * once.
   */
  takenBack: Type.Array(Type.Object({ version: VersionSchema, platforms: Type.Array(PlatformSchema) }), {
    maxItems: 200,
  }),
});
export type Plan = Type.Static<typeof PlanSchema>;

/**
 * How long control's word holds, in milliseconds: after it only installations healthy on a candidate keep
 * it.
 */
export const plan_lease_ms_max = 60_000;
