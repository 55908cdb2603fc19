import { request } from "undici";
import {
  moneyFromDecimal,
  moneyToText,
  newId,
  type Clock,
  type Id,
  type Money,
  type Random,
} from "@mainstay/kernel";
import type { Faults } from "../faults.ts";
import { writeCreditTransfer } from "./credit-transfer.ts";
import { readStatusReport } from "./status-report.ts";

/** How many credit transfers are kept for looking at. */
export const transfers_max = 200;
/** How long the bank may take to answer, in milliseconds. */
export const answer_ms_max = 10_000;
/** The largest answer that is read, in characters. */
const answer_length_max = 65_536;

/** What somebody asks the scheme to pay in. `amount` in pounds, as people write it ("250.00"). */
export type PayIn = {
  readonly account: string;
  readonly amount: string;
  readonly from?: string;
  readonly to?: string;
  readonly reference?: string;
};

/** What came of it. `sentence` says it to a person. */
export type PayInOutcome = {
  readonly id: Id<"payin">;
  readonly outcome: "accepted" | "rejected" | "unreadable" | "no-answer";
  readonly reason: string | null;
  readonly sentence: string;
  readonly sent: string;
  readonly answered: string;
  readonly at: Date;
};

/** The domestic scheme, seen from outside the bank. */
export type Scheme = {
  /**
   * Sends a real pacs.008 to the bank and reads its pacs.002; null where the amount is no amount of pounds.
   */
  readonly payIn: (order: PayIn) => Promise<PayInOutcome | null>;
  /** Newest first. */
  readonly transfers: () => readonly PayInOutcome[];
};

type Answer = { readonly status: number; readonly body: string };

/** Makes the scheme: `bankUrl` is where the bank takes messages, `secret` what the scheme shows it. */
export function createScheme(deps: {
  readonly bankUrl: string;
  readonly secret: string;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly random: Random;
}): Scheme {
  const { bankUrl, secret, faults, clock, random } = deps;
  let kept: readonly PayInOutcome[] = [];

  async function send(xml: string): Promise<Answer | null> {
    try {
      const { statusCode, body } = await request(`${bankUrl}/scheme/messages`, {
        method: "POST",
        headers: { "content-type": "application/xml", "x-scheme-secret": secret },
        body: xml,
        headersTimeout: answer_ms_max,
        bodyTimeout: answer_ms_max,
      });
      return { status: statusCode, body: (await body.text()).slice(0, answer_length_max) };
    } catch {
      return null;
    }
  }

  async function payIn(order: PayIn): Promise<PayInOutcome | null> {
    const amount = moneyFromDecimal(order.amount.trim(), "GBP");
    if (!amount.ok || amount.value.minor <= 0n) return null;
    const id = newId("payin", { clock, random });
    const creditorIban = ibanNamed(order.account);
    const toBic = bankOfIban(creditorIban);
    if (toBic === null)
      return keep({ ...unroutable(order.account), id, sent: "", answered: "", at: clock.now() });
    const xml = writeCreditTransfer({
      messageId: id,
      uetr: uuid(random),
      createdAt: clock.now(),
      toBic,
      amount: amount.value,
      debtorName: order.from?.trim() || "Harbour Lights Ltd",
      creditorName: order.to?.trim() || "Account holder",
      creditorIban,
      reference: order.reference ?? "",
    });
    let answer = await send(xml);
    if (faults.settings().scheme === "twice") answer = await send(xml);
    return keep({
      id,
      ...judge(answer, amount.value, order.account),
      sent: xml,
      answered: answer?.body ?? "",
      at: clock.now(),
    });
  }

  function keep(outcome: PayInOutcome): PayInOutcome {
    kept = [outcome, ...kept].slice(0, transfers_max);
    return outcome;
  }

  return { payIn, transfers: () => kept };
}

/**
 * The IBAN that somebody names: as it is, or made from sort code and account number ("00-42-17 12345678"),
 * whose check digits are those of ISO 13616: 98 less the remainder by 97 of the number with its letters as
 * two digits.
 */
function ibanNamed(account: string): string {
  const plain = account.replaceAll(/[\s-]/g, "").toUpperCase();
  if (!/^\d{14}$/.test(plain)) return plain;
  const bankCode = sort_code_directory[plain.slice(0, 6)] ?? "";
  const digits = `${bankCode}${plain}GB00`.replaceAll(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  const check = 98n - (BigInt(digits) % 97n);
  return `GB${String(check).padStart(2, "0")}${bankCode}${plain}`;
}

/** Whose a sort code is. */
const sort_code_directory: Readonly<Record<string, string>> = { "004217": "MNST" };

/** Which bank of the scheme a British IBAN's bank code names. */
const bank_directory: Readonly<Record<string, string>> = { MNST: "MNSTGB20" };

function bankOfIban(iban: string): string | null {
  const match = /^GB\d{2}([A-Z]{4})\d{14}$/.exec(iban);
  return bank_directory[match?.[1] ?? ""] ?? null;
}

function unroutable(account: string): Pick<PayInOutcome, "outcome" | "reason" | "sentence"> {
  const sentence = `No bank of the scheme has the account ${account}. Nothing was sent.`;
  return { outcome: "rejected", reason: "RC04", sentence };
}

function judge(
  answer: Answer | null,
  amount: Money,
  account: string,
): Pick<PayInOutcome, "outcome" | "reason" | "sentence"> {
  const text = moneyToText(amount);
  if (answer === null) {
    return {
      outcome: "no-answer",
      reason: null,
      sentence: `The bank did not answer. ${text} may or may not have arrived.`,
    };
  }
  const report = answer.status === 200 ? readStatusReport(answer.body) : null;
  if (report === null) {
    const sentence = `The bank could not read the message (HTTP ${answer.status}). Nothing was paid in.`;
    return { outcome: "unreadable", reason: null, sentence };
  }
  if (report.status === "ACCP" || report.status === "ACSC") {
    return { outcome: "accepted", reason: null, sentence: `${text} was paid in to ${account}.` };
  }
  const why = report.information ?? "It gave no reason.";
  const sentence = `The bank refused ${text} for ${account} (${report.reason ?? report.status}): ${why}`;
  return { outcome: "rejected", reason: report.reason, sentence };
}

/** A random UUID, version 4, as a UETR must be. */
function uuid(random: Random): string {
  const bytes = Buffer.from(random.bytes(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
