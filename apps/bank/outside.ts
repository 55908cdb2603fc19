import Type from "typebox";
import { Value } from "typebox/value";
import type { DeliverSignalsPort, IdentityCheckPort } from "@mainstay/identity";
import { edge_secret_header, SignalsTakenSchema, type LedgerReport } from "@mainstay/wire";

/**
 * How long the scheme may take to pay in for the demo, in milliseconds: the bank itself has to answer it
 * meanwhile.
 */
const pay_in_ms_max = 15_000;

/** How long control may take to make signals, or a report of the ledger, durable, in milliseconds. */
const signals_ms_max = 10_000;
const report_ms_max = 10_000;

/** What control answers where it can't read the request: sending it again would change nothing. */
const unreadable_statuses: readonly number[] = [400, 413, 422];

const CheckAnswer = Type.Object({
  outcome: Type.Union([Type.Literal("pass"), Type.Literal("refer"), Type.Literal("fail")]),
  reasons: Type.Array(Type.String({ maxLength: 200 }), { maxItems: 20 }),
});

const PayInAnswer = Type.Object({
  outcome: Type.String(),
  sentence: Type.String({ maxLength: 400 }),
});

async function ask<Schema extends Type.TSchema>(
  url: string,
  asked: { readonly body: unknown; readonly signal: AbortSignal; readonly answer: Schema },
): Promise<Type.Static<Schema>> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(asked.body),
    signal: asked.signal,
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return Value.Parse(asked.answer, await answer.json());
}

/** Asks the simulated provider of identity checks. Rejects where it has no answer. */
export function createIdentityCheck(simulatorUrl: string): IdentityCheckPort {
  return {
    check: async (checkId, answers, signal) => {
      const { firstName, lastName, dateOfBirth, address } = answers;
      const body = { registrationId: checkId, firstName, lastName, dateOfBirth, address };
      const asked = { body, signal, answer: CheckAnswer };
      const { outcome, reasons } = await ask(`${simulatorUrl}/api/identity-checks`, asked);
      return { result: outcome, reasons };
    },
  };
}

/** What the demo asks of the scheme: a real credit transfer to an account. Answers whether the money came. */
export type PayIn = (order: { readonly iban: string; readonly amount: string }) => Promise<boolean>;

/** Asks the simulated scheme to pay in. */
export function createPayIn(simulatorUrl: string): PayIn {
  return async ({ iban, amount }) => {
    const body = { account: iban, amount, from: "Harbour Lights Ltd", reference: "Demo money" };
    const asked = { body, signal: AbortSignal.timeout(pay_in_ms_max), answer: PayInAnswer };
    return (await ask(`${simulatorUrl}/api/pay-in`, asked)).outcome === "accepted";
  };
}

/** Hands signals of log-ins to release control. Rejects where it is away. */
export function createSignalDelivery(controlUrl: string, edgeSecret: string): DeliverSignalsPort {
  return async (signals, abort) => {
    const answer = await fetch(`${controlUrl}/internal/signals`, {
      method: "POST",
      headers: { "content-type": "application/json", [edge_secret_header]: edgeSecret },
      body: JSON.stringify({ signals }),
      signal: AbortSignal.any([abort, AbortSignal.timeout(signals_ms_max)]),
    });
    if (answer.ok) return Value.Parse(SignalsTakenSchema, await answer.json());
    await answer.body?.cancel();
    if (unreadable_statuses.includes(answer.status)) return "unreadable";
    throw new Error(`control answered ${answer.status} to signals of log-ins`);
  };
}

/** Tells release control what the ledger's checker found. Rejects where it is away. */
export function createLedgerReportDelivery(
  controlUrl: string,
  edgeSecret: string,
): (report: LedgerReport) => Promise<void> {
  return async (report) => {
    const answer = await fetch(`${controlUrl}/internal/ledger-reports`, {
      method: "POST",
      headers: { "content-type": "application/json", [edge_secret_header]: edgeSecret },
      body: JSON.stringify(report),
      signal: AbortSignal.timeout(report_ms_max),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`control answered ${answer.status} to a report of the ledger`);
  };
}
