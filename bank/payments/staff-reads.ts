import { moneyToJson, type Id } from "@mainstay/kernel";
import { bank_details, type CurrentAccount } from "@mainstay/accounts";
import { challengeOf, verifyApprovalEvidence, type Identity } from "@mainstay/identity";
import { derivedId, type PostedTransfer } from "@mainstay/ledger";
import type { StaffPayment, StaffPaymentRow, StaffPayments, StaffPaymentsQuery } from "@mainstay/wire";
import type { PaymentsDeps } from "./deps.ts";
import { domesticNumbers } from "./describe.ts";
import { paymentsByIds } from "./payment-store.ts";
import { bookingIdOf } from "./posts.ts";
import { shownOf } from "./rules.ts";
import { incomingByUetrs, type StoredIncoming } from "./scheme-store.ts";
import * as store from "./staff-store.ts";
import { incomingTimeline, orderedTimeline } from "./staff-timeline.ts";
import type { StoredPayment } from "./types.ts";

/** The payments of one page. */
export const payments_shown_max = 50;

/** What staff's reads of payments work with. */
export type StaffReadsDeps = Pick<PaymentsDeps, "database" | "ledger" | "accounts"> & {
  readonly identity: Pick<Identity, "customers">;
};

/** What was read, and the references of the customers whom it shows. */
export type Seen<T> = { readonly view: T; readonly customers: readonly string[] };

/** Reads a place as it stands in a cursor; null where it isn't one of ours. */
export function placeOf(cursor: string): store.Place | null {
  const match = /^(\d{1,13})\.([0-9A-Za-z_-]{1,40})$/.exec(cursor);
  return match === null ? null : { at: new Date(Number(match[1])), id: match[2] ?? "" };
}

function cursorOf({ at, id }: store.Place): string {
  return `${at.getTime()}.${id}`;
}

/** One page of payments, newest first. */
export async function listForStaff(
  deps: StaffReadsDeps,
  asked: Omit<StaffPaymentsQuery, "before"> & { readonly before: store.Place | null },
): Promise<Seen<StaffPayments>> {
  const { pool } = deps.database;
  const { direction } = asked;
  const { rows, lookedTo } = await store.listPayments(pool, direction, {
    ...asked,
    limit: payments_shown_max + 1,
  });
  const shown = rows.slice(0, payments_shown_max);
  const [accounts, underWay] = await Promise.all([
    accountsOf(
      deps,
      shown.flatMap((row) => [row.payer_account ?? [], row.payee_account].flat()),
    ),
    store.countUnderWay(pool, direction),
  ]);
  const customers = await refsOf(deps, accounts);
  const last = shown.at(-1);
  const end = rows.length > shown.length && last !== undefined ? last : lookedTo;
  return {
    view: {
      payments: shown.map((row) => rowView(row, direction, accounts)),
      older: end === null ? null : cursorOf(end),
      underWay: { count: underWay.count, oldestAt: underWay.oldestAt?.toISOString() ?? null },
    },
    customers: [...customers.values()],
  };
}

async function accountsOf(
  deps: StaffReadsDeps,
  ids: readonly Id<"acc">[],
): Promise<ReadonlyMap<string, CurrentAccount>> {
  const found = await deps.accounts.byIds([...new Set(ids)]);
  return new Map(found.map((account) => [account.id, account]));
}

/** The customers' references behind accounts, by account. */
async function refsOf(
  deps: StaffReadsDeps,
  accounts: ReadonlyMap<string, CurrentAccount>,
): Promise<ReadonlyMap<string, string>> {
  const people = [...new Set([...accounts.values()].map(({ personId }) => personId))];
  const refs = new Map(
    (await deps.identity.customers({ people })).map(({ personId, ref }) => [personId, ref]),
  );
  return new Map(
    [...accounts.values()].flatMap(({ id, personId }) => {
      const ref = refs.get(personId);
      return ref === undefined ? [] : [[id, ref] as const];
    }),
  );
}

const ownSide = (account: CurrentAccount | undefined): StaffPaymentRow["payee"] => ({
  name: account?.holderName ?? "",
  sortCode: account?.sortCode ?? null,
  accountNumber: account?.accountNumber ?? null,
});

function debtorSide(name: string, iban: string): StaffPaymentRow["payer"] {
  const numbers = domesticNumbers(iban);
  return {
    name,
    sortCode: numbers.counterpartySortCode,
    accountNumber: numbers.counterpartyAccountNumber,
  };
}

function rowView(
  row: store.ListedPayment,
  direction: "out" | "in",
  accounts: ReadonlyMap<string, CurrentAccount>,
): StaffPaymentRow {
  const payee = ownSide(accounts.get(row.payee_account));
  return {
    id: row.id,
    direction,
    at: row.at.toISOString(),
    state: row.state,
    reason: row.reason,
    amount: moneyToJson({ minor: row.amount, currency: row.currency }),
    payer:
      row.payer_iban === null
        ? {
            name: row.payer_name ?? "",
            sortCode: bank_details.sortCode,
            accountNumber: row.payer_account_number,
          }
        : debtorSide(row.payer_name ?? "", row.payer_iban),
    // What the customer typed and signed, where they did; the holder's name else.
    payee: row.payee_name === null ? payee : { ...payee, name: row.payee_name },
    reference: row.reference,
  };
}

/** One payment whole, by its id or its UETR; null where there is none. */
export async function findForStaff(deps: StaffReadsDeps, id: string): Promise<Seen<StaffPayment> | null> {
  const { pool } = deps.database;
  const ordered = (await paymentsByIds(deps.database, [id])).get(id);
  if (ordered !== undefined) return orderedView(deps, ordered);
  const incoming = (await incomingByUetrs(pool, [id])).get(id);
  return incoming === undefined ? null : incomingView(deps, incoming);
}

async function postsOf(deps: StaffReadsDeps, ids: readonly string[]): Promise<readonly PostedTransfer[]> {
  const posts = [...(await deps.ledger.transfers(ids)).values()];
  // A capture is booked after its hold, also within one millisecond.
  return posts.toSorted(
    (one, other) =>
      one.bookedAt.getTime() - other.bookedAt.getTime() || ids.indexOf(one.id) - ids.indexOf(other.id),
  );
}

function postViews(posts: readonly PostedTransfer[]): StaffPayment["posts"] {
  return posts.map((post) => ({
    id: post.id,
    type: post.type,
    kind: post.kind,
    at: post.bookedAt.toISOString(),
    amount: moneyToJson(post.amount),
    debitAccount: post.debitAccount,
    creditAccount: post.creditAccount,
  }));
}

async function orderedView(deps: StaffReadsDeps, payment: StoredPayment): Promise<Seen<StaffPayment>> {
  const { id, accountId, payeeAccountId } = payment;
  const [evidence, posts, accounts] = await Promise.all([
    store.approvalOf(deps.database.pool, id),
    postsOf(deps, [id, derivedId(id, "capture"), derivedId(id, "undo"), derivedId(id, "return")]),
    accountsOf(deps, [accountId, payeeAccountId]),
  ]);
  const refs = await refsOf(deps, accounts);
  const customerOf = (account: string) => refs.get(account) ?? null;
  const view: StaffPayment = {
    id,
    direction: "out",
    at: payment.createdAt.toISOString(),
    state: payment.state,
    reason: payment.reason,
    amount: moneyToJson(payment.amount),
    payer: {
      name: payment.payerName,
      sortCode: bank_details.sortCode,
      accountNumber: payment.payerAccountNumber,
      customer: customerOf(accountId),
    },
    payee: {
      name: payment.payeeName,
      sortCode: payment.payeeSortCode,
      accountNumber: payment.payeeAccountNumber,
      customer: customerOf(payeeAccountId),
    },
    reference: payment.reference,
    bankName: payment.bankName,
    nameCheck: payment.nameCheck,
    isNewPayee: payment.newPayee,
    leavesAt: payment.leavesAt?.toISOString() ?? null,
    approval: evidence && {
      at: evidence.approvedAt,
      credentialId: evidence.credentialId,
      relyingParty: evidence.relyingParty.id,
      challenge: challengeOf(evidence.canonical),
      holds: verifyApprovalEvidence(evidence, shownOf(payment)).ok,
    },
    posts: postViews(posts),
    messages: [],
    timeline: orderedTimeline(payment, { approvedAt: evidence?.approvedAt ?? null, posts }),
  };
  return { view, customers: [...refs.values()] };
}

async function incomingView(deps: StaffReadsDeps, transfer: StoredIncoming): Promise<Seen<StaffPayment>> {
  const [kept, posts, accounts] = await Promise.all([
    store.messagesOf(deps.database.pool, transfer.messageRow),
    postsOf(deps, [bookingIdOf(transfer.uetr)]),
    accountsOf(deps, [transfer.accountId]),
  ]);
  const refs = await refsOf(deps, accounts);
  const view: StaffPayment = {
    id: transfer.uetr,
    direction: "in",
    at: transfer.receivedAt.toISOString(),
    state: transfer.state,
    reason: transfer.reason,
    amount: moneyToJson(transfer.amount),
    payer: { ...debtorSide(transfer.debtorName, transfer.debtorIban), customer: null },
    payee: {
      ...ownSide(accounts.get(transfer.accountId)),
      customer: refs.get(transfer.accountId) ?? null,
    },
    reference: transfer.reference,
    bankName: null,
    nameCheck: null,
    isNewPayee: null,
    leavesAt: null,
    approval: null,
    posts: postViews(posts),
    messages: kept.map(({ content, ...message }) => ({
      ...message,
      at: message.at.toISOString(),
      content: content.toString("utf8"),
    })),
    timeline: incomingTimeline(transfer, { posts, messages: kept }),
  };
  return { view, customers: [...refs.values()] };
}
