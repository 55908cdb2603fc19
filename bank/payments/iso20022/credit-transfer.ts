import { present, type Result } from "@mainstay/kernel";
import type { XmlElement, XsdValidator } from "libxml2-wasm";
import { compileSchema, elementAt, readValidated, textAt, type UnreadableMessage } from "./parse.ts";

/** The name of the message that this file reads. */
export const credit_transfer_name = "pacs.008.001.08";

/** An amount as the message writes it; not yet known to be one that the bank can hold. */
export type WrittenAmount = { readonly decimal: string; readonly currency: string };

/** A party of the message: the one who pays or the one who is paid. */
export type Party = {
  readonly name: string | null;
  readonly town: string | null;
  readonly country: string | null;
  readonly iban: string;
};

/**
 * A customer credit transfer, as read from a message that is valid by schema. Nothing else has been checked
 * yet.
 */
export type CreditTransfer = {
  readonly messageId: string;
  readonly createdAt: string;
  readonly transactionCount: string;
  readonly controlSum: string | null;
  readonly totalAmount: WrittenAmount | null;
  readonly instructingBic: string;
  readonly instructedBic: string;
  readonly instructionId: string | null;
  readonly endToEndId: string;
  readonly transactionId: string | null;
  readonly uetr: string | null;
  readonly amount: WrittenAmount;
  readonly settlementDate: string | null;
  readonly debtor: Party;
  readonly debtorBic: string;
  readonly creditor: Party;
  readonly creditorBic: string;
  readonly reference: string;
};

let compiled: XsdValidator | undefined;

function validator(): XsdValidator {
  compiled ??= compileSchema(new URL("pacs.008.profile.xsd", import.meta.url));
  return compiled;
}

/**
 * Reads and validates a pacs.008.001.08 of the domestic scheme. Fails where there is nothing that could be
 * answered by id.
 */
export function readCreditTransfer(bytes: Uint8Array): Result<CreditTransfer, UnreadableMessage> {
  return readValidated(bytes, validator(), (root) => {
    const body = required(root, "FIToFICstmrCdtTrf");
    return readBody(required(body, "GrpHdr"), required(body, "CdtTrfTxInf"));
  });
}

function readBody(header: XmlElement, transaction: XmlElement): CreditTransfer {
  const total = elementAt(header, "TtlIntrBkSttlmAmt");
  return {
    messageId: text(header, "MsgId"),
    createdAt: text(header, "CreDtTm"),
    transactionCount: text(header, "NbOfTxs"),
    controlSum: textAt(header, "CtrlSum"),
    totalAmount: total === null ? null : writtenAmount(total),
    instructingBic: text(header, "InstgAgt", "FinInstnId", "BICFI"),
    instructedBic: text(header, "InstdAgt", "FinInstnId", "BICFI"),
    instructionId: textAt(transaction, "PmtId", "InstrId"),
    endToEndId: text(transaction, "PmtId", "EndToEndId"),
    transactionId: textAt(transaction, "PmtId", "TxId"),
    uetr: textAt(transaction, "PmtId", "UETR"),
    amount: writtenAmount(required(transaction, "IntrBkSttlmAmt")),
    settlementDate: textAt(transaction, "IntrBkSttlmDt") ?? textAt(header, "IntrBkSttlmDt"),
    debtor: party(required(transaction, "Dbtr"), required(transaction, "DbtrAcct")),
    debtorBic: text(transaction, "DbtrAgt", "FinInstnId", "BICFI"),
    creditor: party(required(transaction, "Cdtr"), required(transaction, "CdtrAcct")),
    creditorBic: text(transaction, "CdtrAgt", "FinInstnId", "BICFI"),
    reference: textAt(transaction, "RmtInf", "Ustrd") ?? "",
  };
}

function party(element: XmlElement, account: XmlElement): Party {
  return {
    name: textAt(element, "Nm"),
    town: textAt(element, "PstlAdr", "TwnNm"),
    country: textAt(element, "PstlAdr", "Ctry"),
    iban: text(account, "Id", "IBAN"),
  };
}

function writtenAmount(element: XmlElement): WrittenAmount {
  const currency = present(element.attr("Ccy"), "currency of a validated amount").value;
  return { decimal: element.content.trim(), currency };
}

function required(parent: XmlElement, name: string): XmlElement {
  return present(elementAt(parent, name), `${name} of a validated message`);
}

function text(parent: XmlElement, ...path: readonly string[]): string {
  return present(textAt(parent, ...path), `${path.join("/")} of a validated message`);
}
