import { status_reasons, type StatusReason } from "./reasons.ts";

/** The name of the message that this file writes. */
export const status_report_name = "pacs.002.001.10";

/** What a status report says about one credit transfer. */
export type StatusReport = {
  readonly messageId: string;
  readonly createdAt: Date;
  readonly fromBic: string;
  readonly toBic: string;
  readonly original: {
    readonly messageId: string;
    readonly messageName: string;
    readonly endToEndId: string;
    readonly instructionId: string | null;
    readonly transactionId: string | null;
    readonly uetr: string | null;
  };
  /** `ACCP`: accepted and booked. A reason: refused (`RJCT`), and nothing was booked. */
  readonly status: "ACCP" | { readonly rejected: StatusReason };
};

/** Writes a pacs.002.001.10. Elements stand in the order that the published schema demands. */
export function writeStatusReport(report: StatusReport): string {
  const { original } = report;
  const lines = [
    `<?xml version="1.0" encoding="UTF-8"?>`,
    `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:${status_report_name}"><FIToFIPmtStsRpt>`,
    `<GrpHdr>${element("MsgId", report.messageId)}${element("CreDtTm", report.createdAt.toISOString())}`,
    `${agent("InstgAgt", report.fromBic)}${agent("InstdAgt", report.toBic)}</GrpHdr>`,
    `<TxInfAndSts>`,
    `<OrgnlGrpInf>${element("OrgnlMsgId", original.messageId)}`,
    `${element("OrgnlMsgNmId", original.messageName)}</OrgnlGrpInf>`,
    optional("OrgnlInstrId", original.instructionId),
    element("OrgnlEndToEndId", original.endToEndId),
    optional("OrgnlTxId", original.transactionId),
    optional("OrgnlUETR", original.uetr),
    ...statusElements(report.status),
    `</TxInfAndSts></FIToFIPmtStsRpt></Document>`,
  ];
  return `${lines.filter((line) => line !== "").join("\n")}\n`;
}

function statusElements(status: StatusReport["status"]): readonly string[] {
  if (status === "ACCP") return [element("TxSts", "ACCP")];
  const reason = `<Rsn>${element("Cd", status.rejected)}</Rsn>`;
  return [
    element("TxSts", "RJCT"),
    `<StsRsnInf>${reason}${element("AddtlInf", status_reasons[status.rejected])}</StsRsnInf>`,
  ];
}

function agent(name: string, bic: string): string {
  return `<${name}><FinInstnId>${element("BICFI", bic)}</FinInstnId></${name}>`;
}

function optional(name: string, content: string | null): string {
  return content === null ? "" : element(name, content);
}

function element(name: string, content: string): string {
  return `<${name}>${escapeXml(content)}</${name}>`;
}

/** Escapes text for an element's content or a quoted attribute. */
function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
