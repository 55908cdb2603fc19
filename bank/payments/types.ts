import type { Id, Money } from "@mainstay/kernel";
import type { NameCheck } from "@mainstay/wire";
import type { PaymentState } from "./states.ts";

/** A payment as it is stored: what was ordered, shown and approved, and how far it has come. */
export type StoredPayment = {
  readonly id: Id<"pay">;
  readonly personId: Id<"person">;
  readonly accountId: Id<"acc">;
  readonly payeeAccountId: Id<"acc">;
  readonly amount: Money;
  readonly payerName: string;
  readonly payerAccountNumber: string;
  readonly payeeName: string;
  readonly payeeSortCode: string;
  readonly payeeAccountNumber: string;
  readonly bankName: string;
  readonly reference: string;
  readonly nameCheck: NameCheck;
  readonly newPayee: boolean;
  readonly nonce: string;
  readonly orderedSha256: string;
  readonly state: PaymentState;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly approveUntil: Date;
  readonly leavesAt: Date | null;
  readonly sentAt: Date | null;
};

/** Somebody whom a person has paid. */
export type StoredPayee = {
  readonly id: Id<"payee">;
  readonly personId: Id<"person">;
  readonly name: string;
  readonly sortCode: string;
  readonly accountNumber: string;
  readonly bankName: string;
  readonly lastPaidAt: Date;
};

/** A credit transfer from another bank, as it is stored. */
export type IncomingTransfer = {
  readonly uetr: string;
  readonly messageRow: Id<"msg">;
  readonly accountId: Id<"acc">;
  readonly amount: Money;
  readonly debtorName: string;
  readonly debtorIban: string;
  readonly reference: string;
  readonly receivedAt: Date;
};
