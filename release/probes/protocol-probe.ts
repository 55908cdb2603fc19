import type pg from "pg";
import {
  createDeviceClient,
  createSoftwarePasskey,
  fetchTransport,
  logIn,
  type DeviceClient,
  type SoftwarePasskey,
  type TestProtocol,
  type Transport,
} from "@mainstay/client";
import { present, type Clock, type Random } from "@mainstay/kernel";
import { check_cookie } from "@mainstay/platform";
import type { Account, ProbeCustomer } from "@mainstay/wire";
import { deviceKeyOf, passkeyOf } from "./keys.ts";
import { seeArrivals, sendPenny, type PayingCustomer } from "./payments.ts";
import { answered, runStep, type StepEnd } from "./steps.ts";
import { lastPayer } from "./store.ts";
import type { Lane, Outcome, PayerName, ProbeResult } from "./types.ts";

/** How long one answer, and one whole probe, may take, in milliseconds. */
const answer_ms_max = 6_000;
const probe_ms_max = 20_000;

/** What probes are made of that go by the protocol. */
export type ProtocolProbeDeps = {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly random: Random;
  /** What customers call the edge by, `http://localhost:8080`. */
  readonly origin: string;
  /** The synthetic customers' keys follow from it. */
  readonly secret: string;
  /** The ticket by which the edge gives out a version, and counts nothing of what is done under it. */
  readonly ticketFor: (version: string) => string;
  /** How the edge is reached, with the signal that ends a request; by `fetch` where nothing is said. */
  readonly transportOf?: (limit: () => AbortSignal) => Transport;
};

/** A synthetic customer on one device. */
type Phone = { readonly device: DeviceClient; readonly passkey: SoftwarePasskey };

/** Probes a version; `place` names the device that it is done on, the same for the same place. */
export type ProtocolProbe = (lane: Lane, place: string) => Promise<ProbeResult>;

function protocolOf(name: string): TestProtocol | null {
  return name === "login/1" || name === "login/2" ? name : null;
}

function hasSession({ cookies }: DeviceClient): boolean {
  return [...cookies.keys()].some((name) => name.endsWith("mainstay_session"));
}

/** Logs in as the version's app does. */
async function enter(phone: Phone, lane: Lane): Promise<StepEnd> {
  const assigned = await phone.device.call("GET", "/assignment");
  const given = (assigned.body as { version?: string } | null)?.version;
  if (given !== lane.version)
    return { outcome: "failed", reason: `the edge doesn’t give out ${lane.version}` };
  const protocol = protocolOf(lane.protocol);
  if (protocol === null) return { outcome: "failed", reason: `no probe speaks ${lane.protocol}` };
  const answer = await logIn(phone.device, phone.passkey, { protocol, deviceName: "Probe" });
  if (answer.status === 200) return { outcome: "passed" };
  const { code = String(answer.status) } = (answer.body ?? {}) as { code?: string };
  return { outcome: "failed", reason: `the log-in was answered ${code}` };
}

async function readBalance({ device }: Phone, own: ProbeCustomer): Promise<StepEnd> {
  const read = answered<{ accounts: readonly Account[] }>(
    await device.call("GET", "/api/accounts"),
    "the balance",
  );
  if (!read.ok) return read.end;
  const isThere = read.body.accounts.some(({ id }) => id === own.accountId);
  return isThere ? { outcome: "passed" } : { outcome: "failed", reason: "the account isn’t there" };
}

/**
 * Makes what probes a version by its login protocol, through the edge: log in, read the balance, see that the
 * other's pennies have arrived, send one back. Where the log-in fails, a session that an earlier one opened
 * shows whether the rest works.
 */
export function createProtocolProbe(
  deps: ProtocolProbeDeps,
  customers: readonly ProbeCustomer[],
): ProtocolProbe {
  const { pool, clock, origin, secret } = deps;
  const phones = new Map<string, Phone>();
  let deadline = AbortSignal.timeout(probe_ms_max);
  const limit = () => AbortSignal.any([deadline, AbortSignal.timeout(answer_ms_max)]);
  const transport = (deps.transportOf ?? ((limits) => fetchTransport(origin, limits)))(limit);

  function phoneOf(customer: ProbeCustomer, place: string): Phone {
    const known = phones.get(`${customer.name} ${place}`);
    if (known !== undefined) return known;
    const { id, key } = passkeyOf(secret, customer.name);
    const { rpId, userHandle } = customer;
    const phone = {
      device: createDeviceClient({ origin, transport, key: deviceKeyOf(secret, customer.name, place) }),
      passkey: createSoftwarePasskey({ origin, holds: [{ id, rpId, userHandle, key }] }),
    };
    phones.set(`${customer.name} ${place}`, phone);
    return phone;
  }

  const customerOf = (name: PayerName): PayingCustomer => {
    const found = customers.find((customer) => customer.name === name);
    return { ...present(found, `probe customer ${name}`), name };
  };

  return async (lane, place) => {
    const at = clock.now();
    deadline = AbortSignal.timeout(probe_ms_max);
    // Whoever was paid last pays back: so neither of the two ever owes more than a penny for long.
    const own = customerOf((await lastPayer(pool)) === "one" ? "two" : "one");
    const other = customerOf(own.name === "one" ? "two" : "one");
    const phone = phoneOf(own, place);
    const ticket = origin.startsWith("https:") ? `__Host-${check_cookie}` : check_cookie;
    phone.device.cookies.set(ticket, deps.ticketFor(lane.version));
    const steps: [name: keyof ProbeResult["outcomes"], end: StepEnd][] = [
      ["log-in", await runStep("the log-in", () => enter(phone, lane))],
    ];
    if (hasSession(phone.device)) {
      steps.push(["balances", await runStep("the balance", () => readBalance(phone, own))]);
      steps.push(["payments", await runStep("the payment", () => pay({ ...deps, ...phone, own, other }))]);
    }
    return resultOf(lane, at, clock.now().getTime() - at.getTime(), steps);
  };
}

/** Sees what has arrived, and sends the next one whether or not it has. */
async function pay(payer: Parameters<typeof sendPenny>[0]): Promise<StepEnd> {
  const seen = await seeArrivals(payer);
  const sent = await sendPenny(payer);
  return sent.outcome === "failed" ? sent : seen.outcome === "failed" ? seen : sent;
}

function resultOf(
  lane: Lane,
  at: Date,
  took_ms: number,
  steps: readonly [name: keyof ProbeResult["outcomes"], end: StepEnd][],
): ProbeResult {
  const outcomeOf = (name: keyof ProbeResult["outcomes"]): Outcome =>
    steps.find(([step]) => step === name)?.[1].outcome ?? "skipped";
  const failed = steps.map(([, end]) => end).find((end) => end.outcome === "failed");
  return {
    ...lane,
    kind: "protocol",
    at,
    took_ms,
    outcomes: {
      "log-in": outcomeOf("log-in"),
      balances: outcomeOf("balances"),
      payments: outcomeOf("payments"),
    },
    reason: failed?.outcome === "failed" ? failed.reason : null,
  };
}
