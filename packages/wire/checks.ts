import Type from "typebox";
import { TimestampSchema } from "./common.ts";
import { CheckCellSchema } from "./console-checks.ts";
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

/** What people call each journey. */
export const journey_titles: Readonly<Record<CheckJourney, string>> = {
  register: "Open an account",
  "log-in-new-passkey-returning": "Log in, new passkey, same device",
  "log-in-new-passkey-fresh": "Log in, new passkey, fresh device",
  "log-in-old-passkey-returning": "Log in, older version's passkey, same device",
  "log-in-old-passkey-fresh": "Log in, older version's passkey, fresh device",
  "log-in-clock-off": "Log in, clock a day off",
  "approve-payment": "Approve a payment",
  recover: "Recover with a code",
  update: "Update from the older version",
  "back-again": "Back to the older version",
};

/** The journeys that log in: those that a conflict with the login protocol turns red. */
export const login_journeys: readonly CheckJourney[] = [
  "log-in-new-passkey-returning",
  "log-in-new-passkey-fresh",
  "log-in-old-passkey-returning",
  "log-in-old-passkey-fresh",
  "log-in-clock-off",
  "back-again",
];

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
    endedAt: TimestampSchema,
    /** What the servers call themselves; `next` is null where there was none. */
    servers: Type.Object({
      now: Type.String({ maxLength: 200 }),
      next: Type.Union([Type.String({ maxLength: 200 }), Type.Null()]),
    }),
    browser: Type.String({ maxLength: 80 }),
    /** Named where only what is demanded was run: such a run isn't the version's matrix. */
    purpose: Type.Optional(Type.Literal("demanded")),
    cells: Type.Array(
      Type.Object(
        {
          ...CheckCellSchema.properties,
          /** Where the picture of what failed lies, on the machine that checked. */
          picture: Type.Union([Type.String({ maxLength: 400 }), Type.Null()]),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: check_cells_max },
    ),
  },
  { additionalProperties: false },
);
export type CheckRun = Type.Static<typeof CheckRunSchema>;

/**
 * GET /internal/demanded-checks (control; with the edge's secret): the journeys that every later version must
 * pass, each with the latest incident that demands it.
 */
export const DemandedJourneysSchema = Type.Object({
  demanded: Type.Array(
    Type.Object({
      journey: Type.Enum([...check_journeys]),
      title: Type.String(),
      /** `INC-0041`. */
      incident: Type.String(),
    }),
    { maxItems: check_journeys.length },
  ),
});
export type DemandedJourney = Type.Static<typeof DemandedJourneysSchema>["demanded"][number];

/** Answers it; the same run again is known already. */
export const CheckRunTakenSchema = Type.Object({ isNew: Type.Boolean() });
