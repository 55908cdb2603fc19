import Type from "typebox";
import { problem, requireSecret, type HttpServer } from "@mainstay/platform";
import {
  DeliverMessagesSchema,
  DeliveryChangesSchema,
  edge_secret_header,
  EmptySchema,
  IncidentBannersSchema,
  MessagesTakenSchema,
  PaymentsDelayedAskSchema,
  PaymentsDelayedSchema,
  withProblems,
} from "@mainstay/wire";
import { inbox_problems } from "./errors.ts";
import type { Inbox } from "./inbox.ts";

/** The largest bodies, in bytes: a batch of deliveries; who sees which banner; who was out when. */
const deliveries_bytes_max = 4 * 1024 * 1024;
const banners_bytes_max = 64 * 1024 * 1024;
const spans_bytes_max = 2 * 1024 * 1024;

/** When a customer was out. */
export type OutSpan = { readonly customer: string; readonly from: Date; readonly until: Date };

/** What these routes need. */
export type InboxInternalDeps = {
  readonly inbox: Inbox;
  readonly edgeSecret: string;
  /** How many payments of these customers waited while they were out: the payments' word. */
  readonly paymentsDelayed: (spans: readonly OutSpan[]) => Promise<number>;
};

const After = Type.Object({ after: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) });

/** Adds what release control asks for messages to those affected. The edge passes nothing on to these. */
export function addInboxInternalRoutes(server: HttpServer, deps: InboxInternalDeps): void {
  const { inbox } = deps;
  const onRequest = requireSecret(edge_secret_header, deps.edgeSecret);
  const hide = true;
  server.post(
    "/internal/message-deliveries",
    {
      onRequest,
      bodyLimit: deliveries_bytes_max,
      schema: { hide, body: DeliverMessagesSchema, response: withProblems(MessagesTakenSchema) },
    },
    async (request) => {
      const taken = await inbox.deliver(request.body.deliveries);
      if (taken.ok) return { taken: taken.value };
      throw problem(inbox_problems, taken.error.code, { detail: taken.error.detail });
    },
  );
  server.get(
    "/internal/message-deliveries",
    { onRequest, schema: { hide, querystring: After, response: withProblems(DeliveryChangesSchema) } },
    async (request) => ({ changes: await inbox.changesAfter(request.query.after) }),
  );
  server.put(
    "/internal/incident-banners",
    {
      onRequest,
      bodyLimit: banners_bytes_max,
      schema: { hide, body: IncidentBannersSchema, response: withProblems(EmptySchema) },
    },
    async (request) => {
      await inbox.putBanners(request.body.banners);
      return {};
    },
  );
  server.post(
    "/internal/payments-delayed",
    {
      onRequest,
      bodyLimit: spans_bytes_max,
      schema: { hide, body: PaymentsDelayedAskSchema, response: withProblems(PaymentsDelayedSchema) },
    },
    async (request) => {
      const spans = request.body.spans.map(({ customer, from, until }) => ({
        customer,
        from: new Date(from),
        until: new Date(until),
      }));
      return { delayed: await deps.paymentsDelayed(spans) };
    },
  );
}
