import Type from "typebox";
import {
  AccountNumberSchema,
  IdSchema,
  MoneySchema,
  PositiveMoneySchema,
  SortCodeSchema,
  TimestampSchema,
} from "./common.ts";
import { AuthenticationResponseSchema, RequestOptionsSchema } from "./webauthn.ts";

/** ISO 20022 `Max18Text`-like limit of a Faster Payments reference. */
export const reference_length_max = 18;

/**
 * The answer of the name check (confirmation of payee): `name` is given only for a close match, as the
 * scheme's rules say.
 */
export const NameCheckSchema = Type.Object({
  result: Type.Union([
    Type.Literal("match"),
    Type.Literal("close_match"),
    Type.Literal("no_match"),
    Type.Literal("not_checked"),
  ]),
  /** The holder's name, for a close match. */
  name: Type.Optional(Type.String()),
  /** The Confirmation of Payee reason code (ANNM, MBAM, …) as Pay.UK's rules name it. */
  code: Type.Optional(Type.String()),
});
export type NameCheck = Type.Static<typeof NameCheckSchema>;

/**
 * POST /api/payees/check: may be asked before anything is saved. Accounts that aren't ours answer
 * `payee_not_reachable`.
 */
export const PayeeCheckRequestSchema = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 140 }),
    sortCode: SortCodeSchema,
    accountNumber: AccountNumberSchema,
  },
  { additionalProperties: false },
);
export const PayeeCheckSchema = Type.Object({ check: NameCheckSchema, bankName: Type.String() });
export type PayeeCheck = Type.Static<typeof PayeeCheckSchema>;

/** GET /api/payees, DELETE /api/payees/:id; a payee is saved by paying them. */
export const PayeeSchema = Type.Object({
  id: IdSchema("payee"),
  name: Type.String(),
  sortCode: SortCodeSchema,
  accountNumber: AccountNumberSchema,
  bankName: Type.String(),
  lastPaidAt: Type.Union([TimestampSchema, Type.Null()]),
});
export type Payee = Type.Static<typeof PayeeSchema>;
export const PayeesSchema = Type.Object({ payees: Type.Array(PayeeSchema, { maxItems: 200 }) });

/**
 * `awaiting_approval` → `posting` → `leaving` (held, can be undone) → `sending` → `sent`; or `undone`,
 * `expired`, `refused`, `failed`. "leaving" isn't "on its way": nothing has left before the window has ended.
 */
export const payment_states = [
  "awaiting_approval",
  "posting",
  "leaving",
  "sending",
  "sent",
  "undoing",
  "undone",
  "expired",
  "refused",
  "failed",
] as const;

/** POST /api/payments: the client makes the id, so that a repeat is the same payment. */
export const PaymentRequestSchema = Type.Object(
  {
    id: IdSchema("pay"),
    accountId: IdSchema("acc"),
    /** A saved payee, or the details of a new one. */
    payee: Type.Union([
      Type.Object({ id: IdSchema("payee") }, { additionalProperties: false }),
      PayeeCheckRequestSchema,
    ]),
    amount: PositiveMoneySchema,
    reference: Type.String({ maxLength: reference_length_max, pattern: "^[ -~£]*$" }),
  },
  { additionalProperties: false },
);
export type PaymentRequest = Type.Static<typeof PaymentRequestSchema>;

/**
 * What the customer is shown and what the passkey signs, and only this (Regulation (EU) 2018/389, article 5).
 */
export const PaymentShownSchema = Type.Object({
  paymentId: IdSchema("pay"),
  amount: MoneySchema,
  fee: MoneySchema,
  payeeName: Type.String(),
  payeeSortCode: SortCodeSchema,
  payeeAccountNumber: AccountNumberSchema,
  bankName: Type.String(),
  reference: Type.String(),
  nameCheck: NameCheckSchema,
  nonce: Type.String(),
});
export type PaymentShown = Type.Static<typeof PaymentShownSchema>;

export const PaymentSchema = Type.Object({
  id: IdSchema("pay"),
  accountId: IdSchema("acc"),
  state: Type.Enum([...payment_states]),
  shown: PaymentShownSchema,
  /** Whether this payee has never been paid from here: the screen warns, outside the card that is signed. */
  newPayee: Type.Boolean(),
  /** For WebAuthn, while it awaits approval: its challenge is SHA-256 of the canonical form of `shown`. */
  approval: Type.Union([
    Type.Object({ options: RequestOptionsSchema, expiresAt: TimestampSchema }),
    Type.Null(),
  ]),
  leavesAt: Type.Union([TimestampSchema, Type.Null()]),
  /** Why it was refused or failed: a code of the payments' error table. */
  reason: Type.Union([Type.String(), Type.Null()]),
  createdAt: TimestampSchema,
  sentAt: Type.Union([TimestampSchema, Type.Null()]),
});
export type Payment = Type.Static<typeof PaymentSchema>;

/** POST /api/payments/:id/approve; POST /api/payments/:id/undo has an empty body. */
export const PaymentApprovalSchema = Type.Object(
  { credential: AuthenticationResponseSchema },
  { additionalProperties: false },
);
export type PaymentApproval = Type.Static<typeof PaymentApprovalSchema>;

/** POST /api/demo/pay-in: in the demo, the scheme pays into an account of the asker's with a real message. */
export const DemoPayInSchema = Type.Object(
  { accountId: IdSchema("acc"), amount: PositiveMoneySchema },
  { additionalProperties: false },
);
