import type { BusinessDate, Currency, Id } from "@mainstay/kernel";
import type { AccountId, PostedTransfer } from "@mainstay/ledger";
import type { Category, Transaction } from "@mainstay/wire";

/** A current account, without its balance: that is the ledger's. */
export type CurrentAccount = {
  readonly id: Id<"acc">;
  readonly personId: Id<"person">;
  readonly holderName: string;
  readonly name: string;
  readonly currency: "GBP";
  readonly sortCode: string;
  readonly accountNumber: string;
  readonly iban: string;
  readonly state: "opening" | "open";
  readonly openedAt: Date;
};

/** A row of the feed. Amounts in minor units, negative where money went out. */
export type FeedRow = {
  readonly id: Id<"tx">;
  readonly accountId: Id<"acc">;
  readonly amount: bigint;
  readonly balanceAfter: bigint | null;
  readonly currency: Currency;
  readonly state: Transaction["state"];
  readonly kind: Transaction["kind"];
  readonly counterpartyName: string;
  readonly counterpartySortCode: string | null;
  readonly counterpartyAccountNumber: string | null;
  readonly reference: string;
  readonly category: Category;
  readonly note: string;
  readonly paymentId: Id<"pay"> | null;
  readonly leavesAt: Date | null;
  readonly createdAt: Date;
  readonly bookedAt: Date | null;
  readonly valueDate: BusinessDate | null;
};

/** One side of a transfer as its customer reads it. */
export type SideDescription = {
  readonly counterpartyName: string;
  readonly counterpartySortCode: string | null;
  readonly counterpartyAccountNumber: string | null;
  readonly reference: string;
  readonly category: Category;
  readonly paymentId: Id<"pay"> | null;
  readonly leavesAt: Date | null;
};

/** What a transfer was, for the customer who paid and for the one who was paid. */
export type TransferDescription = { readonly debit: SideDescription; readonly credit: SideDescription };

/**
 * The port by which the feed learns what transfers were for: whoever ordered them knows. Answers by transfer
 * id (a capture or release is asked for by its hold's id); what it doesn't know is left out.
 */
export type DescribeTransfers = (ids: readonly string[]) => Promise<ReadonlyMap<string, TransferDescription>>;

/** A transfer as the change feed tells it, with its two balances where it made entries. */
export type FedTransfer = PostedTransfer & {
  readonly debitBalance: bigint | null;
  readonly creditBalance: bigint | null;
};

/** The ledger's name for a customer's account. */
export type { AccountId };
