import { existsSync, readFileSync } from "node:fs";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { describe, expect, it } from "vitest";
import { writeCreditTransfer } from "../../../apps/simulator/scheme/credit-transfer.ts";
import { readCreditTransfer } from "./credit-transfer.ts";
import { status_reasons, type StatusReason } from "./reasons.ts";
import { writeStatusReport } from "./status-report.ts";
import { checkUsage } from "./usage-rules.ts";

/** ISO's own schemas, which aren't part of the project. */
const official_folder = new URL("../../../../shared/data/iso20022/", import.meta.url);
const has_official = existsSync(official_folder);

const now = new Date("2026-11-23T12:00:00Z");
const uetr = "a9c1d1f0-0f1c-4a52-8f0c-3d0f6b0e2a11";
const iban = "GB35MNST00421712345678";

/** A credit transfer as another bank sends it, with text replaced. */
function message(...changes: readonly (readonly [from: string | RegExp, to: string])[]): Buffer {
  const xml = writeCreditTransfer({
    messageId: "MSG-1",
    uetr,
    createdAt: now,
    toBic: "MNSTGB20",
    amount: { minor: 25_000n, currency: "GBP" },
    debtorName: "Harbour & Sons",
    creditorName: "Ada Marlow",
    creditorIban: iban,
    reference: "Salary",
  });
  return Buffer.from(changes.reduce((text, [from, to]) => text.replaceAll(from as string, to), xml));
}

function refusalOf(bytes: Buffer): StatusReason | "accepted" {
  const read = readCreditTransfer(bytes);
  if (!read.ok) throw new Error(`not readable: ${read.error.problem} ${read.error.detail}`);
  const usable = checkUsage(read.value, { ourBic: "MNSTGB20", now });
  return usable.ok ? "accepted" : usable.error;
}

describe("reading a credit transfer", () => {
  it("gives what it says, exactly", () => {
    const read = readCreditTransfer(message());
    expect(read).toMatchObject({
      ok: true,
      value: {
        messageId: "MSG-1",
        uetr,
        amount: { decimal: "250.00", currency: "GBP" },
        instructingBic: "FRLTGB20",
        debtor: { name: "Harbour & Sons", town: "Falmouth", country: "GB" },
        creditor: { name: "Ada Marlow", iban },
        reference: "Salary",
      },
    });
  });

  it("passes over comments, white space and a byte order mark", () => {
    const bytes = message(["<PmtId>", "<!-- hello --><PmtId>\n\n"]);
    expect(readCreditTransfer(bytes).ok).toBe(true);
    expect(readCreditTransfer(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes])).ok).toBe(true);
  });
});

const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
const laughs = `<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>`;

describe("a hostile or broken message", () => {
  it.each([
    ["nothing", Buffer.alloc(0), "not_xml"],
    ["not XML", Buffer.from("hello"), "not_xml"],
    ["JSON", Buffer.from('{"a":1}'), "not_xml"],
    ["an open element", message([/<\/Document>\s*$/g, ""]), "not_xml"],
    ["bytes that are no UTF-8", Buffer.concat([message(), Buffer.from([0xff, 0xfe])]), "not_xml"],
    ["UTF-16", Buffer.from(message().toString(), "utf16le"), "not_xml"],
    ["UTF-16 with entities", Buffer.from(laughs + message().toString().slice(38), "utf16le"), "not_xml"],
    ["another encoding", message(["UTF-8", "ISO-8859-1"]), "forbidden_xml"],
    ["UTF-7", message(["UTF-8", "UTF-7"]), "forbidden_xml"],
    [
      "an entity that expands",
      message([declaration, declaration + laughs], ["Salary", "&c;"]),
      "forbidden_xml",
    ],
    [
      "an entity that reads a file",
      message(
        [declaration, `${declaration}<!DOCTYPE d [<!ENTITY f SYSTEM "file:///etc/passwd">]>`],
        ["Salary", "&f;"],
      ),
      "forbidden_xml",
    ],
    [
      "a document type elsewhere",
      message([declaration, `${declaration}<!DOCTYPE d SYSTEM "http://x/">`]),
      "forbidden_xml",
    ],
    ["an entity nobody declared", message(["Salary", "&nobody;"]), "not_xml"],
    ["two documents", Buffer.concat([message(), message()]), "not_xml"],
    ["another message", message(["FIToFICstmrCdtTrf", "PmtRtr"]), "wrong_schema"],
    ["another version", message(["pacs.008.001.08", "pacs.008.001.09"]), "wrong_schema"],
    ["no namespace", message([/ xmlns="[^"]*"/g, ""]), "wrong_schema"],
    ["an element too many", message(["<ChrgBr>", "<Extra/><ChrgBr>"]), "wrong_schema"],
    ["an element missing", message(["<ChrgBr>SLEV</ChrgBr>", ""]), "wrong_schema"],
    ["two transfers", message([/(<CdtTrfTxInf>[\s\S]*<\/CdtTrfTxInf>)/g, "$1$1"]), "wrong_schema"],
    ["a message id too long", message(["MSG-1", "M".repeat(36)]), "wrong_schema"],
    ["a negative amount", message([">250.00<", ">-250.00<"]), "wrong_schema"],
    ["an amount with an exponent", message([">250.00<", ">2.5e2<"]), "wrong_schema"],
    ["an amount of words", message([">250.00<", ">lots<"]), "wrong_schema"],
    ["too many digits", message([">250.00<", ">1234567890123456789<"]), "wrong_schema"],
    ["a UETR that is none", message([uetr, "not-a-uuid"]), "wrong_schema"],
    ["a UETR of another version", message(["-4a52-", "-1a52-"]), "wrong_schema"],
    ["an IBAN in small letters", message([iban, iban.toLowerCase()]), "wrong_schema"],
  ] as const)("is unreadable: %s", (_what, bytes, problem) => {
    const read = readCreditTransfer(bytes);
    expect(read).toMatchObject({ ok: false, error: { problem } });
  });

  it("is answered quickly even when it nests deeply", () => {
    const deep = Buffer.from(`${declaration}${"<a>".repeat(20_000)}`);
    expect(readCreditTransfer(deep).ok).toBe(false);
  });
});

describe("the rules of use", () => {
  it("accept what keeps them", () => {
    expect(refusalOf(message())).toBe("accepted");
    expect(refusalOf(message(["MNSTGB20", `MNSTGB20${"X".repeat(3)}`]))).toBe("accepted");
    expect(refusalOf(message([">250.00<", ">+250.<"]))).toBe("accepted");
    expect(refusalOf(message([">250.00<", ">250.00000<"]))).toBe("accepted");
  });

  it.each([
    ["another bank's", [["MNSTGB20", "FRLTGB20"]], "RC04"],
    ["a creditor at another bank", [[/(<CdtrAgt><FinInstnId><BICFI>)MNSTGB20/g, "$1FRLTGB20"]], "RC04"],
    ["one that claims to come from us", [["FRLTGB20", "MNSTGB20"]], "RC03"],
    ["no UETR", [[`<UETR>${uetr}</UETR>`, ""]], "RR12"],
    ["another currency", [['Ccy="GBP"', 'Ccy="EUR"']], "AM03"],
    ["a currency that is none", [['Ccy="GBP"', 'Ccy="XTS"']], "AM03"],
    ["nothing", [[">250.00<", ">0.00<"]], "AM01"],
    ["a fraction of a penny", [[">250.00<", ">250.005<"]], "AM12"],
    ["more than the scheme moves", [[">250.00<", ">1000000.01<"]], "AM02"],
    ["a sum that doesn't fit", [[/(<TtlIntrBkSttlmAmt Ccy="GBP">)250.00/g, "$1251.00"]], "AM10"],
    ["a count that doesn't fit", [["<NbOfTxs>1<", "<NbOfTxs>2<"]], "AM10"],
    [
      "a control sum that doesn't fit",
      [["<TtlIntrBkSttlmAmt", "<CtrlSum>1</CtrlSum><TtlIntrBkSttlmAmt"]],
      "AM10",
    ],
    ["no debtor's name", [["<Nm>Harbour &amp; Sons</Nm>", ""]], "BE08"],
    ["a blank debtor's name", [["<Nm>Harbour &amp; Sons</Nm>", "<Nm> </Nm>"]], "BE08"],
    ["no creditor's name", [["<Nm>Ada Marlow</Nm>", ""]], "BE04"],
    ["no town", [["<TwnNm>Falmouth</TwnNm>", ""]], "BE07"],
    [
      "an address of lines alone",
      [[/<PstlAdr>[\s\S]*<\/PstlAdr>/g, "<PstlAdr><AdrLine>4 Quay Street, Falmouth</AdrLine></PstlAdr>"]],
      "BE07",
    ],
    ["wrong check digits", [[iban, iban.replace("GB35", "GB36")]], "AC01"],
    ["a debtor's IBAN with wrong check digits", [["GB07FRLT", "GB08FRLT"]], "AC01"],
    ["a settlement date long past", [["<IntrBkSttlmDt>2026-11-23<", "<IntrBkSttlmDt>2026-11-01<"]], "DT01"],
  ] as const)("refuse %s", (_what, changes, reason) => {
    expect(refusalOf(message(...(changes as readonly (readonly [string | RegExp, string])[])))).toBe(reason);
  });
});

describe("messages that we make", () => {
  const report = {
    messageId: "msg_1",
    createdAt: now,
    fromBic: "MNSTGB20",
    toBic: "FRLTGB20",
    original: {
      messageId: `<&"'>`,
      messageName: "pacs.008.001.08",
      endToEndId: "E2E",
      instructionId: null,
      transactionId: "TX",
      uetr,
    },
  };

  it.skipIf(!has_official)("are valid under ISO's own schemas (skipped where they aren't at hand)", () => {
    const validators = new Map(
      ["pacs.002.001.10", "pacs.008.001.08"].map((name) => {
        const schema = XmlDocument.fromBuffer(readFileSync(new URL(`${name}.xsd`, official_folder)));
        return [name, XsdValidator.fromDoc(schema)];
      }),
    );
    const validate = (name: string, xml: string) => {
      const document = XmlDocument.fromString(xml);
      validators.get(name)?.validate(document);
      document.dispose();
    };
    validate("pacs.008.001.08", message().toString());
    validate("pacs.002.001.10", writeStatusReport({ ...report, status: "ACCP" }));
    for (const reason of Object.keys(status_reasons) as StatusReason[]) {
      validate("pacs.002.001.10", writeStatusReport({ ...report, status: { rejected: reason } }));
    }
  });

  it("escape what comes from elsewhere", () => {
    const document = XmlDocument.fromString(writeStatusReport({ ...report, status: "ACCP" }));
    const namespaces = { p: "urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10" };
    expect(document.get("//p:OrgnlMsgId", namespaces)?.content).toBe(`<&"'>`);
    document.dispose();
  });
});
