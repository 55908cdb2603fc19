import Type from "typebox";
import { TimestampSchema } from "./common.ts";
import { VersionSchema } from "./release.ts";

/** What release control asks of the bank, under `/internal`, with the edge's secret. */

/** The most versions that one of these requests may name. */
export const internal_versions_max = 200;

const ProtocolNameSchema = Type.String({ minLength: 1, maxLength: 20 });

/** GET /internal/login-protocols, and the answer to PUT. */
export const AcceptedProtocolsSchema = Type.Object({
  accepted: Type.Array(ProtocolNameSchema),
  /** Each protocol that exists, and when somebody last logged in by it, to within ten seconds. */
  seen: Type.Array(
    Type.Object({
      protocol: ProtocolNameSchema,
      lastSucceededAt: Type.Union([TimestampSchema, Type.Null()]),
    }),
  ),
});
export type AcceptedProtocols = Type.Static<typeof AcceptedProtocolsSchema>;

/**
 * PUT /internal/login-protocols: the protocols that are accepted from now on; and, of those that exist,
 * which versions need them: live ones, and those that a rollback would go to. Refused as
 * `login_protocol_needed` where one of those would go, and as `login_protocol_last` where none would stay.
 */
export const AcceptedProtocolsPutSchema = Type.Object(
  {
    accepted: Type.Array(ProtocolNameSchema, { maxItems: 20 }),
    needed: Type.Array(
      Type.Object(
        {
          protocol: ProtocolNameSchema,
          versions: Type.Array(VersionSchema, { maxItems: internal_versions_max }),
        },
        { additionalProperties: false },
      ),
      { maxItems: 20 },
    ),
  },
  { additionalProperties: false },
);
export type AcceptedProtocolsPut = Type.Static<typeof AcceptedProtocolsPutSchema>;

/**
 * POST /internal/lift-failures: wrong elements shown on this version of the app no longer count, nor do
 * those of the next ten minutes. A rollback calls it, as often as it likes.
 */
export const LiftFailuresSchema = Type.Object({ version: VersionSchema }, { additionalProperties: false });
export const FailuresLiftedSchema = Type.Object({
  /** How many failed attempts this call lifted. */
  lifted: Type.Integer({ minimum: 0 }),
});

/**
 * PUT /internal/refused-versions: all the versions of the app whose log-ins are answered
 * `client_version_unsupported` from now on, and why. What isn't listed is let in again.
 */
export const RefusedVersionsSchema = Type.Array(
  Type.Object(
    { version: VersionSchema, reason: Type.String({ minLength: 1, maxLength: 200 }) },
    { additionalProperties: false },
  ),
  { maxItems: internal_versions_max },
);
export type RefusedVersions = Type.Static<typeof RefusedVersionsSchema>;
