import Type from "typebox";
import { TransactionSchema } from "./accounts.ts";
import {
  AccountNumberSchema,
  CurrencySchema,
  DateSchema,
  IdSchema,
  MoneySchema,
  SortCodeSchema,
  TimestampSchema,
} from "./common.ts";
import { nullable } from "./console-common.ts";
import { ThreadSummarySchema } from "./inbox.ts";
import { AddressSchema } from "./registration.ts";

/**
 * What the console asks of the bank about customers, at `/staff` there and through control at `/api/bank`.
 * Each look at a customer's data is in the bank's audit, under the name of whoever looked. What isn't there,
 * and what may not be seen, are answered alike.
 */

/** The most customers whose names are asked for at once; how many a search finds, and shows on a page. */
export const names_max = 200;
export const found_max = 200;
export const found_page_max = 50;

/** A customer, the demo's, or one of the bank's own that the live probes log in with. */
export const customer_kinds = ["customer", "demo", "probe"] as const;
const CustomerKindSchema = Type.Enum([...customer_kinds]);
export type CustomerKind = Type.Static<typeof CustomerKindSchema>;

/** What control calls a customer by; says nothing about them outside the bank. */
export const CustomerRefSchema = Type.String({ maxLength: 60 });

/**
 * GET /staff/customers?query=&from= (role `support`). By the beginning of a name, either part first; by the
 * whole of an account number, sort code and account number, IBAN, e-mail address or customer's reference.
 */
export const CustomersQuerySchema = Type.Object(
  {
    query: Type.String({ minLength: 2, maxLength: 80 }),
    from: Type.Optional(Type.Integer({ minimum: 0, maximum: found_max })),
  },
  { additionalProperties: false },
);
export const CustomerFoundSchema = Type.Object({
  ref: CustomerRefSchema,
  name: Type.String(),
  kind: CustomerKindSchema,
  email: Type.String(),
  customerSince: TimestampSchema,
  accounts: Type.Array(Type.Object({ sortCode: SortCodeSchema, accountNumber: AccountNumberSchema })),
});
export type CustomerFound = Type.Static<typeof CustomerFoundSchema>;
export const CustomersFoundSchema = Type.Object({
  customers: Type.Array(CustomerFoundSchema, { maxItems: found_page_max }),
  /** What was recognised in the query. */
  by: Type.Enum(["name", "account", "email", "reference"]),
  /** How many were found; `found_max` says that there may be more: the query is too wide. */
  found: Type.Integer({ minimum: 0, maximum: found_max }),
  /** Pass as `from` for the next page; null at the end. */
  next: nullable(Type.Integer()),
});
export type CustomersFound = Type.Static<typeof CustomersFoundSchema>;

/** POST /staff/customers/names (roles `support`, `release-manager`): one look, with how many and which. */
export const CustomerNamesAskSchema = Type.Object(
  { refs: Type.Array(CustomerRefSchema, { minItems: 1, maxItems: names_max, uniqueItems: true }) },
  { additionalProperties: false },
);
export const CustomerNamesSchema = Type.Object({
  /** References that are nobody's are left out. */
  names: Type.Array(Type.Object({ ref: CustomerRefSchema, name: Type.String(), kind: CustomerKindSchema }), {
    maxItems: names_max,
  }),
});
export type CustomerNames = Type.Static<typeof CustomerNamesSchema>;

const StaffSessionViewSchema = Type.Object({
  openedBy: Type.Enum(["passkey", "registration", "recovery", "demo"]),
  startedAt: TimestampSchema,
  activeAt: TimestampSchema,
  endsAt: TimestampSchema,
});

/** Somebody of staff looked at this customer: at the page, in a search, or by name in a list. */
const CustomerLookSchema = Type.Object({
  at: TimestampSchema,
  staff: Type.Object({ id: Type.String(), name: Type.String() }),
  action: Type.String(),
  /** How many customers the same look showed. */
  customers: Type.Integer({ minimum: 1 }),
});

/** GET /staff/customers/:ref (role `support`). */
export const CustomerSchema = Type.Object({
  ref: CustomerRefSchema,
  kind: CustomerKindSchema,
  name: Type.String(),
  dateOfBirth: DateSchema,
  address: AddressSchema,
  email: Type.String(),
  phone: Type.String(),
  customerSince: TimestampSchema,
  /** How they became a customer; null for who never registered (the demo's, probes). */
  registration: nullable(
    Type.Object({
      id: IdSchema("reg"),
      state: Type.String(),
      startedAt: TimestampSchema,
      /** The identity check's reasons, where it referred them to a person. */
      reasons: Type.Array(Type.String()),
      decidedAt: nullable(TimestampSchema),
      decisionReason: nullable(Type.String()),
    }),
  ),
  accounts: Type.Array(
    Type.Object({
      id: IdSchema("acc"),
      name: Type.String(),
      currency: CurrencySchema,
      sortCode: SortCodeSchema,
      accountNumber: AccountNumberSchema,
      iban: Type.String(),
      balance: MoneySchema,
      available: MoneySchema,
      openedAt: TimestampSchema,
    }),
    { maxItems: 10 },
  ),
  /** The newest of the feed; older ones by `/transactions`. */
  transactions: Type.Array(TransactionSchema, { maxItems: 100 }),
  older: nullable(Type.String()),
  devices: Type.Array(
    Type.Object({
      id: IdSchema("dev"),
      name: Type.String(),
      firstSeenAt: TimestampSchema,
      lastSeenAt: TimestampSchema,
      /** Open now. */
      sessions: Type.Array(StaffSessionViewSchema, { maxItems: 20 }),
    }),
    { maxItems: 100 },
  ),
  passkeys: Type.Array(
    Type.Object({
      id: IdSchema("pk"),
      name: Type.String(),
      createdAt: TimestampSchema,
      lastUsedAt: nullable(TimestampSchema),
    }),
    { maxItems: 100 },
  ),
  recoveryCodesLeft: Type.Integer({ minimum: 0 }),
  /** Newest first. */
  threads: Type.Array(ThreadSummarySchema, { maxItems: 100 }),
  /** Who looked, newest first: this look is the first of them. */
  looks: Type.Array(CustomerLookSchema, { maxItems: 50 }),
});
export type Customer = Type.Static<typeof CustomerSchema>;

/** GET /staff/customers/:ref/transactions?account=&before= (role `support`): `TransactionsSchema`. */
export const CustomerFeedQuerySchema = Type.Object(
  { account: IdSchema("acc"), before: Type.String({ maxLength: 80 }) },
  { additionalProperties: false },
);
