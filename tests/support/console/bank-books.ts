import type {
  LedgerEntries,
  LedgerOverview,
  Reconciliation,
  StaffPayment,
  StaffPaymentRow,
  StaffPayments,
} from "@mainstay/wire";
import { gbp, idOf, people, refOf } from "./bank-customers.ts";
import { at } from "./moment.ts";

/* Invented payments and books of the bank in moment.ts: what the bank would answer staff. */

const states: readonly StaffPaymentRow["state"][] = [
  "leaving",
  "sent",
  "sent",
  "refused",
  "sent",
  "undone",
  "sent",
  "expired",
  "sent",
  "failed",
  "sent",
  "awaiting_approval",
];
const payees = ["Tom Hartley", "Aisha Rahman", "Cartmel Dairy", "Grace Tan", "Northgate Surgery"];
const amounts = [6_450, 124_000, 1_280, 1_500_000, 3_300, 4_500, 99, 70_000, 8_000, 12_000, 2_250, 640];

/** A list of payments. */
export function payments(direction: "out" | "in"): StaffPayments {
  const rows = states.map((state, index): StaffPaymentRow => {
    const own = { name: people[index % 3]?.[0] ?? "", sortCode: "004217", accountNumber: "31420076" };
    const other = {
      name: payees[index % 5] ?? "",
      sortCode: "981406",
      accountNumber: `5520${1_000 + index}`,
    };
    return {
      id: direction === "out" ? idOf("pay", index + 1) : `0b5c${1_000 + index}-1d2e-4f30-a1b2-c3d4e5f60718`,
      direction,
      at: at(index * 17),
      state: direction === "out" ? state : index === 3 ? "rejected" : "booked",
      reason: direction === "out" && state === "refused" ? "insufficient_funds" : null,
      amount: gbp(amounts[index] ?? 100),
      payer: direction === "out" ? own : other,
      payee: direction === "out" ? { ...other, sortCode: "004217" } : own,
      reference: ["Cottage weekend", "Rent October", "", "<b>Deposit</b>"][index % 4] ?? "",
    };
  });
  return { payments: rows, older: "1.pay", underWay: { count: 3, oldestAt: at(0.2) } };
}

const pacs008 = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">
  <FIToFICstmrCdtTrf>
    <GrpHdr><MsgId>payin_0000000000000000000017</MsgId><CreDtTm>2026-10-06T13:15:07.000Z</CreDtTm></GrpHdr>
    <CdtTrfTxInf>
      <PmtId><EndToEndId>SALARY-0926</EndToEndId><UETR>0b5c1001-1d2e-4f30-a1b2-c3d4e5f60718</UETR></PmtId>
      <IntrBkSttlmAmt Ccy="GBP">1240.00</IntrBkSttlmAmt>
      <Dbtr><Nm>Aisha Rahman</Nm></Dbtr>
      <CdtrAcct><Id><IBAN>GB61MNST00421731420076</IBAN></Id></CdtrAcct>
    </CdtTrfTxInf>
  </FIToFICstmrCdtTrf>
</Document>`;

/** One payment whole. */
export function payment(paymentId: string): StaffPayment {
  const isOut = paymentId.startsWith("pay_");
  const list = payments(isOut ? "out" : "in").payments;
  const row = list.find((each) => each.id === paymentId) ?? list[1];
  if (row === undefined) throw new Error("there is a payment");
  const begun = Date.parse(row.at);
  const after = (ms: number) => new Date(begun + ms).toISOString();
  const post = (postId: string, type: string, ms: number) => ({
    id: postId,
    type,
    kind: isOut ? "payment" : "pay-in",
    at: after(ms),
    amount: row.amount,
    debitAccount: isOut ? `gb1:${idOf("acc", 1)}` : "gb1:settlement/domestic/GBP",
    creditAccount: `gb1:${idOf("acc", 7)}`,
  });
  return {
    ...row,
    payer: { ...row.payer, customer: isOut ? refOf(1) : null },
    payee: { ...row.payee, customer: refOf(isOut ? 7 : 1) },
    bankName: isOut ? "Mainstay" : null,
    nameCheck: isOut ? { result: "close_match", name: "Thomas Hartley" } : null,
    isNewPayee: isOut ? true : null,
    leavesAt: isOut ? after(24_000) : null,
    approval: isOut
      ? {
          at: after(8_412),
          credentialId: "4mB0yPZ3lq2xk0dVtq1y8Q",
          relyingParty: "mainstay.example",
          challenge: "wq0P0m1P3o0yq3k3uW8Yl1kQm1t4mQdYw2x8S2rJc9k",
          holds: true,
        }
      : null,
    posts: isOut
      ? [post(row.id, "hold", 8_440), post(`${row.id}/capture`, "capture", 24_120)]
      : [post(`domestic/${row.id}`, "transfer", 41)],
    messages: isOut
      ? []
      : (["in", "out"] as const).map((direction, index) => ({
          id: idOf("msg", index + 1),
          direction,
          at: after(index * 58),
          name: index === 0 ? "pacs.008.001.08" : "pacs.002.001.10",
          sha256: "t2cX7Yb1wq0P0m1P3o0yq3k3uW8Yl1kQm1t4mQdYw2x",
          problem: null,
          content: pacs008,
        })),
    timeline: isOut
      ? [
          { at: after(0), event: "ordered", detail: null },
          { at: after(8_412), event: "approved", detail: null },
          { at: after(8_440), event: "held", detail: row.id },
          { at: after(24_120), event: "captured", detail: `${row.id}/capture` },
          { at: after(24_131), event: "sent", detail: null },
        ]
      : [
          { at: after(0), event: "received", detail: null },
          { at: after(41), event: "booked", detail: `domestic/${row.id}` },
          { at: after(58), event: "answered", detail: "pacs.002.001.10" },
        ],
  };
}

/** What ledger and scheme say of each other: one transfer is booked with another amount. */
export const reconciliation: Reconciliation = {
  asOf: at(0),
  account: "gb1:settlement/domestic/GBP",
  ledger: gbp(-58_148_290_714),
  scheme: gbp(-58_148_290_214),
  difference: gbp(-500),
  transfers: [
    { state: "posting", count: 0, amount: gbp(0) },
    { state: "booked", count: 9_214, amount: gbp(58_148_290_214) },
    { state: "rejected", count: 3, amount: gbp(120_000) },
  ],
  messages: { received: 9_219, unanswered: 0, unreadable: 2 },
  looked: 500,
  mismatches: [
    {
      id: "0b5c1003-1d2e-4f30-a1b2-c3d4e5f60718",
      at: at(51),
      amount: gbp(150_000),
      ledger: "other-amount",
      message: "booked",
    },
  ],
};

const line = (kind: string, account: string | null, accounts: number, debit: number, credit: number) => ({
  kind,
  account,
  accounts,
  debit: gbp(debit),
  credit: gbp(credit),
  held: gbp(kind === "customer" ? 1_842_066_500 : 0),
});
const check = (name: string, checked: number, took_ms: number) => ({
  name,
  checked,
  mismatches: 0,
  took_ms,
  examples: [],
});

/** The book in figures. */
export const ledger: LedgerOverview = {
  asOf: at(0.25),
  currencies: [
    {
      currency: "GBP",
      debit: gbp(61_398_290_714),
      credit: gbp(61_398_290_714),
      difference: gbp(0),
      lines: [
        line("customer", null, 268_400, 0, 61_367_144_748),
        line("equity", "gb1:equity/GBP", 1, 3_250_000_000, 0),
        line("fees", "gb1:fees/GBP", 1, 0, 31_127_566),
        line("settlement", "gb1:settlement/domestic/GBP", 1, 58_148_290_714, 0),
        line("suspense", "gb1:suspense/GBP", 1, 0, 18_400),
      ],
    },
  ],
  accounts: 268_404,
  transfers: 9_102_275,
  checker: {
    last: {
      at: at(2.1),
      took_ms: 3_912,
      isRight: true,
      lines: [
        check("the balances of each currency add up to zero", 1, 21),
        check("each account's held amount is the sum of its open holds", 268_404, 84),
        check("each open hold is what its captures and releases have left of it", 41_873, 310),
        check("reversals never exceed what they reverse", 12, 4),
        check("no transfer and no linked group is both posted and refused", 1_802, 6),
        check(
          "each account's balance is its last entry's and the sum of its entries, numbered without gaps",
          268_404,
          2_610,
        ),
        check("each transfer made its two entries, and each entry belongs to a transfer", 18_204_550, 760),
        check("each transfer moves the currency of both its accounts", 9_144_148, 110),
        check("gb1:settlement/domestic/GBP agrees with the scheme's messages", 1, 7),
      ],
    },
    isRunning: false,
    every_ms: 300_000,
    history: Array.from({ length: 48 }, (_, index) => ({ at: at(2.1 + (47 - index) * 5), isRight: true })),
  },
  feed: [
    { consumer: "accounts", movedAt: at(0.01), behind_ms: 0 },
    { consumer: "notifications", movedAt: at(0.02), behind_ms: 140 },
  ],
  queue: { waiting: 0, inFlight: 1 },
};

/** Entries of the settlement account. */
export const entries: LedgerEntries = {
  account: "gb1:settlement/domestic/GBP",
  kind: "settlement",
  balance: gbp(-58_148_290_714),
  entries: Array.from({ length: 24 }, (_, index) => ({
    number: 9_214 - index,
    at: at(index * 7),
    valueDate: null,
    amount: gbp(-(100_000 + index * 1_337)),
    balanceAfter: gbp(-58_148_290_714 + index * 100_000),
    transfer: `domestic/0b5c${1_000 + index}-1d2e-4f30-a1b2-c3d4e5f60718`,
    kind: "pay-in",
    other: `gb1:${idOf("acc", index)}`,
  })),
  older: 9_190,
};
