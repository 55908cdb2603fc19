import Type from "typebox";
import { CurrencySchema, DateSchema, IdSchema, MoneySchema, TimestampSchema } from "./common.ts";
import { nullable } from "./console-common.ts";
import { CustomerRefSchema } from "./console-customers.ts";
import { NameCheckSchema, payment_states } from "./payments.ts";

/**
 * What the console asks of the bank about payments and the ledger, at `/staff` there and through control at
 * `/api/bank`. Lists that name customers are in the bank's audit.
 */

/** How a payment from another bank stands. */
export const incoming_states = ["posting", "booked", "rejected"] as const;
const StaffPaymentStateSchema = Type.Enum([...new Set([...payment_states, ...incoming_states])]);
export type StaffPaymentState = Type.Static<typeof StaffPaymentStateSchema>;
const DirectionSchema = Type.Enum(["out", "in"]);
export type PaymentDirection = Type.Static<typeof DirectionSchema>;

/** A day that there was or will be, near enough. */
const DayAskedSchema = Type.String({ format: "date", pattern: "^(19|20)\\d{2}-", maxLength: 10 });

/**
 * GET /staff/payments?direction= (role `payments`): `out`, what customers ordered, or `in`, what the scheme
 * brought. Newest first; one page looks through a bounded number of payments, so it may be short of rows and
 * still have an older one.
 */
export const StaffPaymentsQuerySchema = Type.Object(
  {
    direction: DirectionSchema,
    state: Type.Optional(StaffPaymentStateSchema),
    /** Business dates, both included. */
    from: Type.Optional(DayAskedSchema),
    until: Type.Optional(DayAskedSchema),
    /** In minor units, both included. */
    atLeast: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    atMost: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
    before: Type.Optional(Type.String({ maxLength: 80 })),
  },
  { additionalProperties: false },
);
export type StaffPaymentsQuery = Type.Static<typeof StaffPaymentsQuerySchema>;

const PaymentSideSchema = Type.Object({
  name: Type.String(),
  sortCode: nullable(Type.String()),
  accountNumber: nullable(Type.String()),
});
export const StaffPaymentRowSchema = Type.Object({
  /** `pay_…`, or the UETR of a payment from another bank. */
  id: Type.String({ maxLength: 40 }),
  direction: DirectionSchema,
  at: TimestampSchema,
  state: StaffPaymentStateSchema,
  reason: nullable(Type.String()),
  amount: MoneySchema,
  payer: PaymentSideSchema,
  payee: PaymentSideSchema,
  reference: Type.String(),
});
export type StaffPaymentRow = Type.Static<typeof StaffPaymentRowSchema>;
export const StaffPaymentsSchema = Type.Object({
  payments: Type.Array(StaffPaymentRowSchema, { maxItems: 50 }),
  /** Pass as `before` for older ones; null at the end. */
  older: nullable(Type.String()),
  /** What is under way now, whatever the filter. */
  underWay: Type.Object({ count: Type.Integer({ minimum: 0 }), oldestAt: nullable(TimestampSchema) }),
});
export type StaffPayments = Type.Static<typeof StaffPaymentsSchema>;

const StaffPaymentSideSchema = Type.Object({
  ...PaymentSideSchema.properties,
  /** Where it is an account of ours. */
  customer: nullable(CustomerRefSchema),
});
/** What happened to a payment, for its timeline. */
export const payment_events = [
  "ordered",
  "approved",
  "held",
  "captured",
  "sent",
  "undone",
  "returned",
  "expired",
  "refused",
  "failed",
  "received",
  "booked",
  "answered",
  "rejected",
] as const;

/** GET /staff/payments/:id, `pay_…` or a UETR (roles `payments`, `support`). */
export const StaffPaymentSchema = Type.Object({
  ...StaffPaymentRowSchema.properties,
  payer: StaffPaymentSideSchema,
  payee: StaffPaymentSideSchema,
  bankName: nullable(Type.String()),
  nameCheck: nullable(NameCheckSchema),
  isNewPayee: nullable(Type.Boolean()),
  leavesAt: nullable(TimestampSchema),
  /** What the customer's passkey signed: null for a payment from another bank, or not approved (yet). */
  approval: nullable(
    Type.Object({
      at: TimestampSchema,
      credentialId: Type.String(),
      /** The site whose passkey it was. */
      relyingParty: Type.String(),
      /** SHA-256 of what was shown, base64url: what was signed. */
      challenge: Type.String(),
      /** Whether the signature holds over the bank's own record, checked now. */
      holds: Type.Boolean(),
    }),
  ),
  /** Its transfers in the ledger, in the order in which they were booked. */
  posts: Type.Array(
    Type.Object({
      id: Type.String(),
      type: Type.String(),
      kind: Type.String(),
      at: TimestampSchema,
      amount: MoneySchema,
      debitAccount: Type.String(),
      creditAccount: Type.String(),
    }),
    { maxItems: 10 },
  ),
  /** What came and went over the scheme, byte for byte as text. */
  messages: Type.Array(
    Type.Object({
      id: IdSchema("msg"),
      direction: DirectionSchema,
      at: TimestampSchema,
      name: nullable(Type.String()),
      sha256: Type.String(),
      problem: nullable(Type.String()),
      content: Type.String(),
    }),
    { maxItems: 10 },
  ),
  timeline: Type.Array(
    Type.Object({
      at: TimestampSchema,
      event: Type.Enum([...payment_events]),
      detail: nullable(Type.String()),
    }),
    { maxItems: 20 },
  ),
});
export type StaffPayment = Type.Static<typeof StaffPaymentSchema>;

/**
 * GET /staff/payments/reconciliation (role `payments`): the settlement account against what the scheme's own
 * messages say. Worked out at most every few seconds.
 */
export const ReconciliationSchema = Type.Object({
  asOf: TimestampSchema,
  account: Type.String(),
  /** As the ledger signs it: what the bank is owed is negative. */
  ledger: MoneySchema,
  /** The same by the scheme's messages; null while money is coming in at this moment. */
  scheme: nullable(MoneySchema),
  difference: nullable(MoneySchema),
  transfers: Type.Array(
    Type.Object({
      state: Type.Enum([...incoming_states]),
      count: Type.Integer({ minimum: 0 }),
      amount: MoneySchema,
    }),
    { maxItems: incoming_states.length },
  ),
  /** Messages of the scheme: how many came, wait for their answer, or could not be read. */
  messages: Type.Object({
    received: Type.Integer({ minimum: 0 }),
    unanswered: Type.Integer({ minimum: 0 }),
    unreadable: Type.Integer({ minimum: 0 }),
  }),
  /** Of the newest transfers (`looked`), those of which ledger and messages don't say the same. */
  looked: Type.Integer({ minimum: 0 }),
  mismatches: Type.Array(
    Type.Object({
      id: Type.String(),
      at: TimestampSchema,
      amount: MoneySchema,
      ledger: Type.Enum(["booked", "missing", "other-amount"]),
      message: Type.Enum([...incoming_states, "missing"]),
    }),
    { maxItems: 50 },
  ),
});
export type Reconciliation = Type.Static<typeof ReconciliationSchema>;

/**
 * GET /staff/ledger (roles `payments`, `auditor`); POST /staff/ledger/check {} (`payments`) begins a check.
 */
const CheckLineViewSchema = Type.Object({
  name: Type.String(),
  checked: Type.Integer({ minimum: 0 }),
  mismatches: Type.Integer({ minimum: 0 }),
  took_ms: Type.Integer({ minimum: 0 }),
  examples: Type.Array(Type.String(), { maxItems: 20 }),
});
export const LedgerOverviewSchema = Type.Object({
  /** The balances are of this instant: they are added up at most every few seconds. */
  asOf: TimestampSchema,
  currencies: Type.Array(
    Type.Object({
      currency: CurrencySchema,
      debit: MoneySchema,
      credit: MoneySchema,
      /** Debit less credit: zero, or the book is wrong. */
      difference: MoneySchema,
      lines: Type.Array(
        Type.Object({
          kind: Type.String(),
          /** An account of the bank's own; null for the sum of customers' accounts of a kind. */
          account: nullable(Type.String()),
          accounts: Type.Integer({ minimum: 0 }),
          debit: MoneySchema,
          credit: MoneySchema,
          held: MoneySchema,
        }),
        { maxItems: 500 },
      ),
    }),
    { maxItems: 50 },
  ),
  accounts: Type.Integer({ minimum: 0 }),
  /** Transfers that moved money; each made two entries. */
  transfers: Type.Integer({ minimum: 0 }),
  checker: Type.Object({
    /** Null before the first check since the bank has started. */
    last: nullable(
      Type.Object({
        at: TimestampSchema,
        took_ms: Type.Integer({ minimum: 0 }),
        isRight: Type.Boolean(),
        lines: Type.Array(CheckLineViewSchema, { maxItems: 50 }),
      }),
    ),
    isRunning: Type.Boolean(),
    every_ms: Type.Integer({ minimum: 1 }),
    /** The newest checks, oldest first. */
    history: Type.Array(Type.Object({ at: TimestampSchema, isRight: Type.Boolean() }), { maxItems: 48 }),
  }),
  /** How far each reader of the change feed has come; `behind_ms` is the age of the oldest it hasn't read. */
  feed: Type.Array(
    Type.Object({
      consumer: Type.String(),
      movedAt: TimestampSchema,
      behind_ms: Type.Integer({ minimum: 0 }),
    }),
    { maxItems: 20 },
  ),
  queue: Type.Object({ waiting: Type.Integer({ minimum: 0 }), inFlight: Type.Integer({ minimum: 0 }) }),
});
export type LedgerOverview = Type.Static<typeof LedgerOverviewSchema>;

/**
 * GET /staff/ledger/entries?account=&before= (roles `payments`, `auditor`): of an account of the bank's own,
 * newest first. A customer's account is answered as if it weren't there.
 */
export const LedgerEntriesQuerySchema = Type.Object(
  {
    account: Type.String({ minLength: 3, maxLength: 120 }),
    before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  },
  { additionalProperties: false },
);
export const LedgerEntriesSchema = Type.Object({
  account: Type.String(),
  kind: Type.String(),
  balance: MoneySchema,
  entries: Type.Array(
    Type.Object({
      number: Type.Integer({ minimum: 1 }),
      at: TimestampSchema,
      valueDate: nullable(DateSchema),
      amount: MoneySchema,
      balanceAfter: MoneySchema,
      transfer: Type.String(),
      kind: Type.String(),
      /** The other side's account. */
      other: Type.String(),
    }),
    { maxItems: 50 },
  ),
  /** Pass as `before` for older ones; null at the end. */
  older: nullable(Type.Integer()),
});
export type LedgerEntries = Type.Static<typeof LedgerEntriesSchema>;
