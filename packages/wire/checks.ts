import Type from "typebox";
import { TimestampSchema } from "./common.ts";
import { VersionSchema } from "./release.ts";

/** What a version must be able to do before anybody gets it, in the order in which a person reads them. */
export const check_journeys = [
  /** Opens an account, with a passkey at its end. */
  "register",
  /** Logs in with a passkey that this version made, where it was made. */
  "log-in-new-passkey-returning",
  /** Logs in with that passkey on a device that has never been here: a provider synchronised it. */
  "log-in-new-passkey-fresh",
  /** Logs in with a passkey that the older version made, where it was made. */
  "log-in-old-passkey-returning",
  /** Logs in with that passkey on a device that has never been here. */
  "log-in-old-passkey-fresh",
  /** Logs in on a device whose clock is a day fast. */
  "log-in-clock-off",
  /** Approves a payment by signing what the bank showed. */
  "approve-payment",
  /** Gets back in by a recovery code, and makes a passkey on the way. */
  "recover",
  /** Someone who is logged in on the older version gets this one: still in, with the draft as it was. */
  "update",
  /** Logs in and writes on this version, then gets the older one: in, with device key, passkey and draft. */
  "back-again",
] as const;
export type CheckJourney = (typeof check_journeys)[number];

/** The journeys that log in: those that a conflict with the login protocol turns red. */
export const login_journeys: readonly CheckJourney[] = [
  "log-in-new-passkey-returning",
  "log-in-new-passkey-fresh",
  "log-in-old-passkey-returning",
  "log-in-old-passkey-fresh",
  "log-in-clock-off",
  "back-again",
];

/** One step of a journey, and how long it took. */
export const CheckStepSchema = Type.Object(
  {
    what: Type.String({ minLength: 1, maxLength: 120 }),
    durationMs: Type.Integer({ minimum: 0 }),
  },
  { additionalProperties: false },
);

/** One cell of the matrix: a version, the login protocol that it speaks, a server, a journey. */
export const CheckCellSchema = Type.Object(
  {
    version: VersionSchema,
    protocol: Type.String({ maxLength: 20 }),
    /** `running`: the server that customers are on; `next`: the one that is to follow it. */
    server: Type.Enum(["running", "next"]),
    journey: Type.Enum([...check_journeys]),
    outcome: Type.Enum(["green", "red"]),
    /** On red, why: the code that the server gave, or `timed_out`, `version_changed`, `not_booted` …. */
    reason: Type.Union([Type.String({ pattern: "^[a-z0-9_-]{1,60}$" }), Type.Null()]),
    /** The same in words, with the step that didn't succeed. */
    detail: Type.Union([Type.String({ maxLength: 400 }), Type.Null()]),
    steps: Type.Array(CheckStepSchema, { maxItems: 40 }),
    durationMs: Type.Integer({ minimum: 0 }),
    /** Where the picture of a red cell lies on the machine that checked. */
    picture: Type.Union([Type.String({ maxLength: 400 }), Type.Null()]),
  },
  { additionalProperties: false },
);
export type CheckCell = Type.Static<typeof CheckCellSchema>;

/** The most cells in one run: ten versions against two servers. */
export const check_cells_max = 10 * 2 * check_journeys.length;

/** POST /internal/checks (control; with the edge's secret): a run that has come to its end, whole. */
export const CheckRunSchema = Type.Object(
  {
    /** Chosen by whoever ran it: the same run twice is one. */
    id: Type.String({ pattern: "^chk_[0-9A-Za-z]{22}$" }),
    /** The version that was checked. */
    candidate: VersionSchema,
    /** SHA-256 of its manifest, in base64: a result counts for these very bytes. */
    manifestSha256: Type.String({ maxLength: 44 }),
    /** The version that it was checked beside; null where nothing older is live. */
    stable: Type.Union([VersionSchema, Type.Null()]),
    startedAt: TimestampSchema,
    finishedAt: TimestampSchema,
    cells: Type.Array(CheckCellSchema, { minItems: 1, maxItems: check_cells_max }),
  },
  { additionalProperties: false },
);
export type CheckRun = Type.Static<typeof CheckRunSchema>;

/** What a version's latest run came to. */
export const ChecksSummarySchema = Type.Object({
  run: Type.String(),
  state: Type.Enum(["green", "red"]),
  green: Type.Integer({ minimum: 0 }),
  total: Type.Integer({ minimum: 0 }),
  finishedAt: TimestampSchema,
});
export type ChecksSummary = Type.Static<typeof ChecksSummarySchema>;

/** A version's latest matrix; null where it was never checked. */
export const ChecksMatrixSchema = Type.Union([
  Type.Object({ summary: ChecksSummarySchema, run: CheckRunSchema }),
  Type.Null(),
]);
export type ChecksMatrix = Type.Static<typeof ChecksMatrixSchema>;
