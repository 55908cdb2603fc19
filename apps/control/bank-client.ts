import Type from "typebox";
import { Value } from "typebox/value";
import { Pool } from "undici";
import type { BankPort } from "@mainstay/rollouts";
import {
  AcceptedProtocolsSchema,
  DeliveryChangesSchema,
  edge_secret_header,
  FailuresLiftedSchema,
  MessagesTakenSchema,
  names_asked_max,
  NamesInTextSchema,
  PaymentsDelayedSchema,
  ProbeCustomersSchema,
  type DeliveryChanges,
  type IncidentBanners,
  type MessageDelivery,
  type MessagesTaken,
  type ProbeCustomers,
  type ProbeCustomersPut,
} from "@mainstay/wire";

/** How many connections lead to the bank's internal endpoints, and how long it may take, in milliseconds. */
const connections_max = 2;
const answer_ms_max = 5_000;
const answer_bytes_max = 256 * 1024;

/** The most spans of one question. Spans of one customer don't overlap, so no payment counts in two. */
const spans_batch_max = 5_000;

function spanToJson({ customer, from, until }: OutSpan) {
  return { customer, from: from.toISOString(), until: until.toISOString() };
}

type Ask = { readonly method: "GET" | "POST" | "PUT"; readonly path: string; readonly body?: unknown };

/** When somebody was kept out, for the question how many of their payments waited. */
export type OutSpan = { readonly customer: string; readonly from: Date; readonly until: Date };

/** Control's way to the bank's `/internal`. Everything throws where the bank is away or refuses. */
export type BankClient = BankPort & {
  /**
   * Hands over at most `deliveries_batch_max` deliveries; the same again is taken once. Null where the bank
   * won't take them as they stand (400, 413, 422): the same again would be refused again.
   */
  readonly deliverMessages: (
    deliveries: readonly MessageDelivery[],
  ) => Promise<MessagesTaken["taken"] | null>;
  /** What has changed of deliveries after that number, in order; 0 for all. */
  readonly deliveryChanges: (after: number) => Promise<DeliveryChanges["changes"]>;
  /** Says who sees which line in the app: the whole list, what isn't in it is gone. */
  readonly putBanners: (banners: IncidentBanners["banners"]) => Promise<void>;
  /** How many of these customers a text names. */
  readonly namesInText: (customers: readonly string[], text: string) => Promise<number>;
  /** How many payments of these customers waited while they were out. */
  readonly paymentsDelayed: (spans: readonly OutSpan[]) => Promise<number>;
  /** Has the synthetic customers of the live probes made, or found, with these passkeys. */
  readonly putProbeCustomers: (
    customers: ProbeCustomersPut["customers"],
  ) => Promise<ProbeCustomers["customers"]>;
  readonly close: () => Promise<void>;
};

type Answer = { readonly status: number; readonly body: unknown };
type Asker = (ask: Ask) => Promise<Answer>;

function createAsker(pool: Pool, edgeSecret: string): Asker {
  return async ({ method, path, body }) => {
    const answer = await pool.request({
      method,
      path,
      headers: {
        [edge_secret_header]: edgeSecret,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text === "" ? null : (JSON.parse(text) as unknown) };
  };
}

/** The answer's body as its schema; anything but 200 throws. */
function bodyOf<Schema extends Type.TSchema>(schema: Schema, answer: Answer): Type.Static<Schema> {
  if (answer.status !== 200 || !Value.Check(schema, answer.body)) {
    throw new Error(`the bank answered ${answer.status}`);
  }
  return answer.body;
}

/** What the bank answers to a body that it won't take, however often. */
const unacceptable: ReadonlySet<number> = new Set([400, 413, 422]);

function expectDone(answer: Answer): void {
  if (answer.status >= 300) throw new Error(`the bank answered ${answer.status}`);
}

function releaseWays(ask: Asker): BankPort {
  return {
    liftFailures: async (version) =>
      bodyOf(
        FailuresLiftedSchema,
        await ask({ method: "POST", path: "/internal/lift-failures", body: { version } }),
      ),
    refuseVersions: async (versions) =>
      expectDone(await ask({ method: "PUT", path: "/internal/refused-versions", body: versions })),
    acceptedProtocols: async () =>
      bodyOf(AcceptedProtocolsSchema, await ask({ method: "GET", path: "/internal/login-protocols" }))
        .accepted,
    putProtocols: async (accepted, needed) => {
      const body = { accepted, needed };
      const answer = await ask({ method: "PUT", path: "/internal/login-protocols", body });
      if (answer.status === 409) return null;
      return bodyOf(AcceptedProtocolsSchema, answer).accepted;
    },
  };
}

function messageWays(ask: Asker): Omit<BankClient, keyof BankPort | "close"> {
  return {
    deliverMessages: async (deliveries) => {
      const body = { deliveries };
      const answer = await ask({ method: "POST", path: "/internal/message-deliveries", body });
      return unacceptable.has(answer.status) ? null : bodyOf(MessagesTakenSchema, answer).taken;
    },
    deliveryChanges: async (after) => {
      const path = `/internal/message-deliveries?after=${after}`;
      return bodyOf(DeliveryChangesSchema, await ask({ method: "GET", path })).changes;
    },
    putBanners: async (banners) =>
      expectDone(await ask({ method: "PUT", path: "/internal/incident-banners", body: { banners } })),
    namesInText: async (customers, text) => {
      let named = 0;
      for (let from = 0; from < customers.length; from += names_asked_max) {
        const body = { customers: customers.slice(from, from + names_asked_max), text };
        const answer = await ask({ method: "POST", path: "/internal/names-in-text", body });
        named += bodyOf(NamesInTextSchema, answer).named;
      }
      return named;
    },
    paymentsDelayed: async (spans) => {
      let delayed = 0;
      for (let from = 0; from < spans.length; from += spans_batch_max) {
        const body = { spans: spans.slice(from, from + spans_batch_max).map(spanToJson) };
        const answer = await ask({ method: "POST", path: "/internal/payments-delayed", body });
        delayed += bodyOf(PaymentsDelayedSchema, answer).delayed;
      }
      return delayed;
    },
    putProbeCustomers: async (customers) => {
      const answer = await ask({ method: "PUT", path: "/internal/probe-customers", body: { customers } });
      return bodyOf(ProbeCustomersSchema, answer).customers;
    },
  };
}

/** Makes control's way to the bank's `/internal`, with the edge's secret. `close` ends it. */
export function createBankClient(deps: {
  readonly bankUrl: string;
  readonly edgeSecret: string;
}): BankClient {
  const pool = new Pool(deps.bankUrl, {
    connections: connections_max,
    headersTimeout: answer_ms_max,
    bodyTimeout: answer_ms_max,
    maxResponseSize: answer_bytes_max,
  });
  const ask = createAsker(pool, deps.edgeSecret);
  return { ...releaseWays(ask), ...messageWays(ask), close: () => pool.destroy() };
}
