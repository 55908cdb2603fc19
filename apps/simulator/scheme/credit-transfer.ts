import { businessDateOf, moneyToDecimal, type Money } from "@mainstay/kernel";

/** The bank from which the simulator's people pay. It doesn't exist. */
export const other_bank = {
  name: "Fairlight Bank",
  bic: "FRLTGB20",
  debtorIban: "GB07FRLT98140631175520",
} as const;

/** A credit transfer that the simulator sends. */
export type OutgoingTransfer = {
  readonly messageId: string;
  readonly uetr: string;
  readonly createdAt: Date;
  readonly toBic: string;
  readonly amount: Money;
  readonly debtorName: string;
  readonly creditorName: string;
  readonly creditorIban: string;
  readonly reference: string;
};

/** Writes a pacs.008.001.08 with one transfer, as another bank would. */
export function writeCreditTransfer(transfer: OutgoingTransfer): string {
  const amount = `Ccy="${transfer.amount.currency}">${moneyToDecimal(transfer.amount)}`;
  const reference = transfer.reference.trim();
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">
  <FIToFICstmrCdtTrf>
    <GrpHdr>
      <MsgId>${escapeXml(transfer.messageId)}</MsgId>
      <CreDtTm>${transfer.createdAt.toISOString()}</CreDtTm>
      <NbOfTxs>1</NbOfTxs>
      <TtlIntrBkSttlmAmt ${amount}</TtlIntrBkSttlmAmt>
      <IntrBkSttlmDt>${businessDateOf(transfer.createdAt)}</IntrBkSttlmDt>
      <SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf>
      <InstgAgt><FinInstnId><BICFI>${other_bank.bic}</BICFI></FinInstnId></InstgAgt>
      <InstdAgt><FinInstnId><BICFI>${escapeXml(transfer.toBic)}</BICFI></FinInstnId></InstdAgt>
    </GrpHdr>
    <CdtTrfTxInf>
      <PmtId>
        <EndToEndId>${escapeXml(transfer.messageId)}</EndToEndId>
        <TxId>${escapeXml(transfer.messageId)}</TxId>
        <UETR>${transfer.uetr}</UETR>
      </PmtId>
      <IntrBkSttlmAmt ${amount}</IntrBkSttlmAmt>
      <ChrgBr>SLEV</ChrgBr>
      <Dbtr>
        <Nm>${escapeXml(transfer.debtorName)}</Nm>
        <PstlAdr>
          <StrtNm>Quay Street</StrtNm><BldgNb>4</BldgNb><PstCd>TR11 3LH</PstCd>
          <TwnNm>Falmouth</TwnNm><Ctry>GB</Ctry>
        </PstlAdr>
      </Dbtr>
      <DbtrAcct><Id><IBAN>${other_bank.debtorIban}</IBAN></Id></DbtrAcct>
      <DbtrAgt><FinInstnId><BICFI>${other_bank.bic}</BICFI></FinInstnId></DbtrAgt>
      <CdtrAgt><FinInstnId><BICFI>${escapeXml(transfer.toBic)}</BICFI></FinInstnId></CdtrAgt>
      <Cdtr><Nm>${escapeXml(transfer.creditorName)}</Nm></Cdtr>
      <CdtrAcct><Id><IBAN>${escapeXml(transfer.creditorIban)}</IBAN></Id></CdtrAcct>
${reference === "" ? "" : `      <RmtInf><Ustrd>${escapeXml(reference)}</Ustrd></RmtInf>\n`}    </CdtTrfTxInf>
  </FIToFICstmrCdtTrf>
</Document>
`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
