import { Readable } from "node:stream";
import Type from "typebox";
import { asId, type Clock } from "@mainstay/kernel";
import { problem, unwrap, type HttpServer } from "@mainstay/platform";
import type { Identity } from "@mainstay/identity";
import {
  AccountsSchema,
  IdSchema,
  TransactionPatchSchema,
  TransactionSchema,
  TransactionsQuerySchema,
  TransactionsSchema,
  type Event,
  withProblems,
} from "@mainstay/wire";
import type { Accounts } from "./accounts.ts";
import { account_errors } from "./errors.ts";
import type { Subscription } from "./events.ts";
import { transactionView } from "./reads.ts";

/** How often a stream says that it is alive, in milliseconds; the wire promises 20 s. */
export const ping_ms = 15_000;

/** What the routes need. */
export type AccountRoutesDeps = {
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly identity: Pick<Identity, "authenticator" | "sightOf">;
};

const AccountParams = Type.Object({ id: IdSchema("acc") });
const TransactionParams = Type.Object({ id: IdSchema("tx") });

/** Adds the accounts' routes under /api. */
export function addAccountRoutes(server: HttpServer, deps: AccountRoutesDeps): void {
  const { accounts, identity } = deps;
  const onRequest = identity.authenticator.requireSession();
  server.get(
    "/api/accounts",
    {
      onRequest: identity.authenticator.requireSession({ sees: "balance" }),
      schema: {
        tags: ["accounts"],
        summary: "My accounts with their balances",
        response: withProblems(AccountsSchema),
      },
    },
    async (request) => {
      const { personId } = identity.authenticator.principalOf(request);
      return { accounts: [...(await accounts.accountsOf(personId))] };
    },
  );
  server.get(
    "/api/accounts/:id/transactions",
    {
      onRequest,
      schema: {
        tags: ["accounts"],
        summary: "The feed of an account, newest first",
        params: AccountParams,
        querystring: TransactionsQuerySchema,
        response: withProblems(TransactionsSchema),
      },
    },
    async (request) => {
      const { personId } = identity.authenticator.principalOf(request);
      const { before, limit, q } = request.query;
      const accountId = asId("acc", request.params.id);
      return unwrap(await accounts.feed({ personId, accountId, before, limit, words: q }), account_errors);
    },
  );
  addTransactionRoutes(server, deps);
  addEventRoute(server, deps);
}

function addTransactionRoutes(server: HttpServer, { accounts, identity }: AccountRoutesDeps): void {
  const onRequest = identity.authenticator.requireSession();
  server.get(
    "/api/transactions/:id",
    {
      onRequest,
      schema: {
        tags: ["accounts"],
        summary: "One transaction",
        params: TransactionParams,
        response: withProblems(TransactionSchema),
      },
    },
    async (request) => {
      const { personId } = identity.authenticator.principalOf(request);
      return transactionView(
        unwrap(await accounts.transaction({ personId, id: request.params.id }), account_errors),
      );
    },
  );
  server.patch(
    "/api/transactions/:id",
    {
      onRequest,
      schema: {
        tags: ["accounts"],
        summary: "Set category or note of a transaction",
        params: TransactionParams,
        body: TransactionPatchSchema,
        response: withProblems(TransactionSchema),
      },
    },
    async (request) => {
      const { personId } = identity.authenticator.principalOf(request);
      const { category = null, note = null } = request.body;
      const changed = await accounts.annotate({ personId, id: request.params.id, category, note });
      return transactionView(unwrap(changed, account_errors));
    },
  );
}

function addEventRoute(server: HttpServer, deps: AccountRoutesDeps): void {
  const { accounts, identity } = deps;
  server.get(
    "/api/events",
    {
      // The stream is opened by the app, not by the customer: it doesn't show that they are there.
      onRequest: identity.authenticator.requireSession({ sees: "full", counts: false }),
      schema: { tags: ["accounts"], summary: "Live events, as server-sent events" },
    },
    async (request, reply) => {
      const principal = identity.authenticator.principalOf(request);
      const subscription = accounts.hub.subscribe(principal.personId);
      if (subscription === null) throw problem(account_errors, "too_many_streams");
      const stream = Readable.from(lines(subscription, principal, deps));
      reply.raw.on("close", () => subscription.end());
      return reply
        .type("text/event-stream")
        .header("cache-control", "no-store")
        .header("x-accel-buffering", "no")
        .send(stream);
    },
  );
}

/** One stream: a ping at once and every few seconds, news in between, and why it ends. */
async function* lines(
  subscription: Subscription,
  principal: Parameters<Identity["sightOf"]>[0],
  deps: AccountRoutesDeps,
): AsyncGenerator<string, void> {
  const line = (event: Event): string => `data: ${JSON.stringify(event)}\n\n`;
  const ping = (): string => line({ type: "ping", at: deps.clock.now().toISOString() });
  const timer = setInterval(() => subscription.push({ type: "ping", at: "" }), ping_ms);
  try {
    yield ping();
    for await (const event of subscription.events) {
      if (event.type !== "ping") {
        yield line(event);
        continue;
      }
      const sight = await deps.identity.sightOf(principal);
      if (sight === null) {
        yield line({ type: "session-ended" });
        return;
      }
      // Idle for five minutes: the stream shows no more until the passkey has been touched.
      if (sight === "balance") return;
      yield ping();
    }
  } finally {
    clearInterval(timer);
    subscription.end();
  }
}
