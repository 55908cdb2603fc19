import Type from "typebox";
import { currency_exponents, idPattern, type Currency } from "@mainstay/kernel";

/** The largest text that a person may type into a field that has no tighter limit, in UTF-16 units. */
export const text_length_max = 140;

/** The largest page that a list answers. */
export const page_size_max = 100;

/** An id of one kind, `<prefix>_` and 22 base-62 digits. */
export function IdSchema<Prefix extends string>(prefix: Prefix) {
  return Type.String({ pattern: idPattern(prefix), maxLength: 40 });
}

export const CurrencySchema = Type.Enum(Object.keys(currency_exponents) as Currency[]);

/** An amount as JSON carries it: whole minor units, exact up to 2^53 − 1, negative where money went out. */
export const MoneySchema = Type.Object(
  {
    minor: Type.Integer({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }),
    currency: CurrencySchema,
  },
  { additionalProperties: false },
);

/** An amount that a customer asks to move: at least one minor unit. */
export const PositiveMoneySchema = Type.Object(
  { minor: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), currency: CurrencySchema },
  { additionalProperties: false },
);

/** RFC 3339, UTC, with milliseconds. */
export const TimestampSchema = Type.String({ format: "date-time", maxLength: 30 });

/** A calendar date, `YYYY-MM-DD`. */
export const DateSchema = Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$" });

/** Six digits, no dashes. */
export const SortCodeSchema = Type.String({ pattern: "^\\d{6}$" });

/** Eight digits. */
export const AccountNumberSchema = Type.String({ pattern: "^\\d{8}$" });

/** Bytes in base64url, as WebAuthn's JSON forms carry them. */
export const Base64UrlSchema = (maxLength: number) => Type.String({ pattern: "^[0-9A-Za-z_-]*$", maxLength });

/**
 * A problem document (RFC 9457) with Mainstay's stable `code`. Every error of every endpoint has this form.
 */
export const ProblemSchema = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.Optional(Type.String()),
  retryable: Type.Boolean(),
  requestId: Type.Optional(Type.String()),
  /** Which fields were wrong, by JSON pointer, where the request itself did not fit its schema. */
  errors: Type.Optional(
    Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }), { maxItems: 20 }),
  ),
  /** Seconds after which trying again may help. */
  retryAfterSeconds: Type.Optional(Type.Integer()),
});
export type Problem = Type.Static<typeof ProblemSchema>;

/** An answer that has nothing to say. */
export const EmptySchema = Type.Object({}, { additionalProperties: false });

/** The answers of an endpoint: its own, and a problem document for whatever goes wrong. */
export function withProblems<Schema extends Type.TSchema>(schema: Schema) {
  return { 200: schema, "4xx": ProblemSchema, "5xx": ProblemSchema };
}
