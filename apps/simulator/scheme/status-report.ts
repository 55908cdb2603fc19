import { ParseOption, XmlDocument } from "libxml2-wasm";

/** What a bank said of a credit transfer. */
export type StatusReport = {
  readonly status: string;
  readonly reason: string | null;
  readonly information: string | null;
};

const namespaces = { p: "urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10" };
const parse_options = ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_NONET;

/** Reads the status, and the reason where there is one, of a pacs.002.001.10; null where it isn't one. */
export function readStatusReport(xml: string): StatusReport | null {
  let document: XmlDocument;
  try {
    document = XmlDocument.fromString(xml, { option: parse_options });
  } catch {
    return null;
  }
  try {
    const textOf = (path: string): string | null => document.get(path, namespaces)?.content ?? null;
    const status = textOf("//p:TxInfAndSts/p:TxSts");
    if (status === null) return null;
    return {
      status,
      reason: textOf("//p:StsRsnInf/p:Rsn/p:Cd"),
      information: textOf("//p:StsRsnInf/p:AddtlInf"),
    };
  } finally {
    document.dispose();
  }
}
