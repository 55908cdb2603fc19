import Type from "typebox";
import { AccountNumberSchema, Base64UrlSchema, IdSchema, SortCodeSchema } from "./common.ts";

/**
 * What live probes ask of the bank, under `/internal`, with the edge's secret: synthetic customers who log in
 * and pay one another a penny.
 */

/** The synthetic customers: two who pay one another, and one who logs in with a browser. */
export const probe_names = ["one", "two", "browser"] as const;
export const ProbeNameSchema = Type.Enum([...probe_names]);
export type ProbeName = Type.Static<typeof ProbeNameSchema>;

/**
 * PUT /internal/probe-customers: there shall be these, with these passkeys and no other. The same again
 * changes nothing; other passkeys replace the old ones.
 */
export const ProbeCustomersPutSchema = Type.Object(
  {
    customers: Type.Array(
      Type.Object(
        {
          name: ProbeNameSchema,
          /** Base64url. */
          credentialId: Base64UrlSchema(64),
          /** P-256 (ES256): SubjectPublicKeyInfo, DER, in base64. */
          spki: Type.String({ pattern: "^[0-9A-Za-z+/]+={0,2}$", maxLength: 200 }),
        },
        { additionalProperties: false },
      ),
      { minItems: 1, maxItems: probe_names.length },
    ),
  },
  { additionalProperties: false },
);
export type ProbeCustomersPut = Type.Static<typeof ProbeCustomersPutSchema>;

/** Its answer: how each is paid, and what an authenticator must know. */
export const ProbeCustomersSchema = Type.Object({
  customers: Type.Array(
    Type.Object({
      name: ProbeNameSchema,
      accountId: IdSchema("acc"),
      holderName: Type.String(),
      sortCode: SortCodeSchema,
      accountNumber: AccountNumberSchema,
      /** WebAuthn's user.id, base64url, and the relying party's id. */
      userHandle: Type.String(),
      rpId: Type.String(),
    }),
    { maxItems: probe_names.length },
  ),
});
export type ProbeCustomers = Type.Static<typeof ProbeCustomersSchema>;
export type ProbeCustomer = ProbeCustomers["customers"][number];
