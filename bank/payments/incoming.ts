import { createHash } from "node:crypto";
import { err, newId, ok, present, type Id, type Result } from "@mainstay/kernel";
import { accountOfIban, bank_details, type CurrentAccount } from "@mainstay/accounts";
import type { PaymentsDeps } from "./deps.ts";
import type { PaymentErrorCode } from "./errors.ts";
import { credit_transfer_name, readCreditTransfer, type CreditTransfer } from "./iso20022/credit-transfer.ts";
import type { StatusReason } from "./iso20022/reasons.ts";
import { status_report_name, writeStatusReport, type StatusReport } from "./iso20022/status-report.ts";
import { checkUsage, type AcceptableTransfer } from "./iso20022/usage-rules.ts";
import { bookingOf } from "./posts.ts";
import * as store from "./scheme-store.ts";
import type { IncomingTransfer } from "./types.ts";

/** The most unanswered messages that the recoverer takes up at once. */
const recovered_max = 100;

const unreadable_codes = {
  not_xml: "message_not_xml",
  forbidden_xml: "message_forbidden_xml",
  wrong_schema: "message_wrong_schema",
} as const;

/**
 * Takes a pacs.008 of the domestic scheme, books it and answers a pacs.002. The message is kept before
 * anything else happens, and the answer before it is sent. The same message again gets the same answer, byte
 * for byte; another one under the same id is refused. What can't be read gets no pacs.002: there is nothing
 * that it could name.
 */
export async function receiveMessage(
  deps: PaymentsDeps,
  content: Uint8Array,
): Promise<
  Result<{ readonly answer: string }, { readonly code: PaymentErrorCode; readonly detail: string }>
> {
  const sha256 = createHash("sha256").update(content).digest("base64url");
  const read = readCreditTransfer(content);
  const received = {
    id: newId("msg", deps),
    at: deps.clock.now(),
    direction: "in" as const,
    answers: null,
    sha256,
    content,
  };
  if (!read.ok) {
    const { problem, detail } = read.error;
    const unread = { name: null, senderBic: null, messageId: null, problem: `${problem}: ${detail}` };
    await store.keepMessage(deps.database.pool, { ...received, ...unread });
    return err({ code: unreadable_codes[problem], detail });
  }
  const transfer = read.value;
  const sender = { bic: transfer.instructingBic, messageId: transfer.messageId };
  const isNew = await store.keepMessage(deps.database.pool, {
    ...received,
    name: credit_transfer_name,
    senderBic: sender.bic,
    messageId: sender.messageId,
    problem: null,
  });
  if (isNew) return ok({ answer: await decideAndAnswer(deps, received, transfer) });
  const first = present(await store.firstMessage(deps.database.pool, sender), "a message whose id is known");
  if (first.sha256 !== sha256) return ok({ answer: reportOn(deps, transfer, { rejected: "DU01" }).content });
  const answered = await store.answerTo(deps.database.pool, first.id);
  return ok({ answer: answered ?? (await decideAndAnswer(deps, first, transfer)) });
}

/**
 * Answers messages that a crash left unanswered; the booking's id is the transfer's own, so nothing is booked
 * twice.
 */
export async function recoverMessages(deps: PaymentsDeps, before: Date): Promise<number> {
  const unanswered = await store.unansweredMessages(deps.database.pool, { before, limit: recovered_max });
  for (const message of unanswered) {
    const read = readCreditTransfer(message.content);
    if (read.ok) await decideAndAnswer(deps, message, read.value);
  }
  return unanswered.length;
}

/** A message's row, and when it came: whoever decides later decides as of then. */
type Received = { readonly id: Id<"msg">; readonly at: Date };

async function decideAndAnswer(
  deps: PaymentsDeps,
  received: Received,
  transfer: CreditTransfer,
): Promise<string> {
  const refusal = await book(deps, received, transfer);
  const report = reportOn(deps, transfer, refusal === null ? "ACCP" : { rejected: refusal });
  await store.keepMessage(deps.database.pool, {
    id: report.id,
    at: report.at,
    direction: "out",
    name: status_report_name,
    senderBic: bank_details.bic,
    messageId: report.id,
    answers: received.id,
    sha256: createHash("sha256").update(report.content).digest("base64url"),
    problem: null,
    content: Buffer.from(report.content, "utf8"),
  });
  // Where another hand answered first, its answer is the one that stands.
  return present(await store.answerTo(deps.database.pool, received.id), "the answer that was just kept");
}

/** Books a transfer, or says why not. Answers the same for the same message, however often it is asked. */
async function book(
  deps: PaymentsDeps,
  received: Received,
  transfer: CreditTransfer,
): Promise<StatusReason | null> {
  const pool = deps.database.pool;
  const usable = checkUsage(transfer, { ourBic: bank_details.bic, now: received.at });
  if (!usable.ok) return usable.error;
  const account = await accountFor(deps, usable.value);
  if (account === undefined) return "AC01";
  const incoming = incomingOf(received, transfer, usable.value, account);
  await store.insertIncoming(pool, incoming);
  const stored = present(
    (await store.incomingByUetrs(pool, [incoming.uetr])).get(incoming.uetr),
    "the transfer",
  );
  if (stored.messageRow !== received.id) return "AM05";
  if (stored.state !== "posting") return stored.reason;
  const outcome = await deps.ledger.post(bookingOf(stored));
  const reason = outcome.status === "posted" ? null : reasonOfOutcome(outcome.code);
  await store.decideIncoming(pool, { uetr: stored.uetr, reason });
  return reason;
}

async function accountFor(
  deps: PaymentsDeps,
  usable: AcceptableTransfer,
): Promise<CurrentAccount | undefined> {
  const named = accountOfIban(usable.creditorIban);
  if (named === null) return undefined;
  const [account] = await deps.accounts.byNumbers([named.accountNumber]);
  return account?.iban === usable.creditorIban ? account : undefined;
}

function incomingOf(
  received: Received,
  transfer: CreditTransfer,
  usable: AcceptableTransfer,
  account: CurrentAccount,
): IncomingTransfer {
  return {
    uetr: usable.uetr,
    messageRow: received.id,
    accountId: account.id,
    amount: usable.amount,
    debtorName: plain(usable.debtorName),
    debtorIban: usable.debtorIban,
    reference: plain(transfer.reference),
    receivedAt: received.at,
  };
}

/** Text of a message as one line: it is shown in a feed and in e-mails. */
function plain(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
}

function reasonOfOutcome(code: string): StatusReason {
  return code === "account_closed" ? "AC04" : code === "account_not_found" ? "AC01" : "AG01";
}

function reportOn(
  deps: PaymentsDeps,
  transfer: CreditTransfer,
  status: StatusReport["status"],
): { readonly id: Id<"msg">; readonly at: Date; readonly content: string } {
  const id = newId("msg", deps);
  const at = deps.clock.now();
  const content = writeStatusReport({
    messageId: id,
    createdAt: at,
    fromBic: bank_details.bic,
    toBic: transfer.instructingBic,
    original: {
      messageId: transfer.messageId,
      messageName: credit_transfer_name,
      endToEndId: transfer.endToEndId,
      instructionId: transfer.instructionId,
      transactionId: transfer.transactionId,
      uetr: transfer.uetr,
    },
    status,
  });
  return { id, at, content };
}
