import Type from "typebox";
import {
  AccountNumberSchema,
  DateSchema,
  IdSchema,
  MoneySchema,
  SortCodeSchema,
  text_length_max,
  TimestampSchema,
} from "./common.ts";

/** GET /api/accounts */
export const AccountSchema = Type.Object({
  id: IdSchema("acc"),
  name: Type.String(),
  holderName: Type.String(),
  currency: Type.Literal("GBP"),
  sortCode: SortCodeSchema,
  accountNumber: AccountNumberSchema,
  iban: Type.String(),
  bic: Type.String(),
  /** What is booked. */
  balance: MoneySchema,
  /** What can be spent: booked, less what is held. */
  available: MoneySchema,
  openedAt: TimestampSchema,
});
export type Account = Type.Static<typeof AccountSchema>;
export const AccountsSchema = Type.Object({ accounts: Type.Array(AccountSchema, { maxItems: 10 }) });

export const transaction_categories = [
  "general",
  "eating_out",
  "expenses",
  "transport",
  "cash",
  "bills",
  "entertainment",
  "shopping",
  "holidays",
  "groceries",
  "income",
  "savings",
  "transfers",
] as const;
export const CategorySchema = Type.Enum([...transaction_categories]);
export type Category = Type.Static<typeof CategorySchema>;

/**
 * One line of the feed. `leaving`: approved, still within the undo window, nothing has left; `settled`:
 * booked; `undone`: taken back by the customer in time; `failed`: could not be sent, the money is where it
 * was.
 */
export const TransactionSchema = Type.Object({
  id: IdSchema("tx"),
  accountId: IdSchema("acc"),
  /** Negative where money went out. */
  amount: MoneySchema,
  /** The balance after it, by booking; null until booked. */
  balanceAfter: Type.Union([MoneySchema, Type.Null()]),
  state: Type.Union([
    Type.Literal("leaving"),
    Type.Literal("settled"),
    Type.Literal("undone"),
    Type.Literal("failed"),
  ]),
  kind: Type.Union([
    Type.Literal("payment_out"),
    Type.Literal("payment_in"),
    Type.Literal("card"),
    Type.Literal("reversal"),
    Type.Literal("adjustment"),
  ]),
  counterparty: Type.Object({
    name: Type.String(),
    sortCode: Type.Optional(Type.String()),
    accountNumber: Type.Optional(Type.String()),
  }),
  reference: Type.String(),
  category: CategorySchema,
  note: Type.String(),
  /** The payment that it belongs to, where the customer made it. */
  paymentId: Type.Union([IdSchema("pay"), Type.Null()]),
  /** When a leaving payment leaves, if it isn't undone before. */
  leavesAt: Type.Union([TimestampSchema, Type.Null()]),
  createdAt: TimestampSchema,
  bookedAt: Type.Union([TimestampSchema, Type.Null()]),
  valueDate: Type.Union([DateSchema, Type.Null()]),
});
export type Transaction = Type.Static<typeof TransactionSchema>;

/** GET /api/accounts/:id/transactions?before=<cursor>&limit=&q= : newest first. */
export const TransactionsQuerySchema = Type.Object(
  {
    before: Type.Optional(Type.String({ maxLength: 80 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    q: Type.Optional(Type.String({ maxLength: 60 })),
  },
  { additionalProperties: false },
);
export const TransactionsSchema = Type.Object({
  transactions: Type.Array(TransactionSchema, { maxItems: 100 }),
  /** Pass as `before` for the next, older page; null at the end. */
  older: Type.Union([Type.String(), Type.Null()]),
});
export type Transactions = Type.Static<typeof TransactionsSchema>;

/** PATCH /api/transactions/:id */
export const TransactionPatchSchema = Type.Object(
  {
    category: Type.Optional(CategorySchema),
    note: Type.Optional(Type.String({ maxLength: text_length_max })),
  },
  { additionalProperties: false },
);

/**
 * GET /api/events: server-sent events (`text/event-stream`, one JSON event in each `data:` line), a `ping` at
 * least every 20 seconds. Read by a streaming fetch, because EventSource can't send a device proof. After a
 * gap the client reads again what it shows.
 */
export const EventSchema = Type.Union([
  Type.Object({ type: Type.Literal("ping"), at: TimestampSchema }),
  Type.Object({ type: Type.Literal("transaction"), transaction: TransactionSchema }),
  Type.Object({ type: Type.Literal("account"), account: AccountSchema }),
  /** Something is new in the inbox, or in what concerns this customer: GET /api/inbox says what. */
  Type.Object({ type: Type.Literal("inbox") }),
  Type.Object({ type: Type.Literal("session-ended") }),
]);
export type Event = Type.Static<typeof EventSchema>;
