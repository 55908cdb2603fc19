import Type from "typebox";
import { asId } from "@mainstay/kernel";
import { identity_problems, type Identity } from "@mainstay/identity";
import { isSecret, problem, unwrap, type HttpServer } from "@mainstay/platform";
import {
  EmptySchema,
  IdSchema,
  PayeeCheckRequestSchema,
  PayeeCheckSchema,
  PayeesSchema,
  PaymentApprovalSchema,
  PaymentRequestSchema,
  PaymentSchema,
  withProblems,
} from "@mainstay/wire";
import { payment_errors } from "./errors.ts";
import { message_bytes_max } from "./iso20022/parse.ts";
import type { Payments } from "./payments.ts";

/** What an approval may answer: this module's codes and identity's. */
const approve_errors = { ...identity_problems, ...payment_errors };

/** The header in which the scheme shows its secret. */
export const scheme_secret_header = "x-scheme-secret";

/**
 * A payment is written as it is: its view has what the schema says, and generated code for its unions costs
 * more.
 */
const serializerCompiler = () => (payment: unknown) => JSON.stringify(payment);

const PaymentParams = Type.Object({ id: IdSchema("pay") });
const PayeeParams = Type.Object({ id: IdSchema("payee") });
const tags = ["payments"];

/** What the routes need. */
export type PaymentRoutesDeps = {
  readonly payments: Payments;
  readonly identity: Pick<Identity, "authenticator">;
};

/** Adds the customers' routes under /api. Each asks for a session that sees everything. */
export function addPaymentRoutes(server: HttpServer, deps: PaymentRoutesDeps): void {
  addPayeeRoutes(server, deps);
  const { payments, identity } = deps;
  const onRequest = identity.authenticator.requireSession();
  const response = withProblems(PaymentSchema);
  server.post(
    "/api/payments",
    {
      onRequest,
      serializerCompiler,
      schema: { tags, summary: "Order a payment; nothing moves", body: PaymentRequestSchema, response },
    },
    async (request) => {
      const { personId } = identity.authenticator.principalOf(request);
      return unwrap(await payments.order({ personId, request: request.body }), payment_errors);
    },
  );
  server.get(
    "/api/payments/:id",
    { onRequest, schema: { tags, summary: "How far a payment has come", params: PaymentParams, response } },
    async (request) => {
      const paymentId = asId("pay", request.params.id);
      const { personId } = identity.authenticator.principalOf(request);
      return unwrap(await payments.find({ personId, paymentId }), payment_errors);
    },
  );
  server.post(
    "/api/payments/:id/approve",
    {
      onRequest,
      serializerCompiler,
      schema: {
        tags,
        summary: "Approve a payment with a passkey",
        params: PaymentParams,
        body: PaymentApprovalSchema,
        response,
      },
    },
    async (request) => {
      const paymentId = asId("pay", request.params.id);
      const { personId } = identity.authenticator.principalOf(request);
      const { credential } = request.body;
      return unwrap(await payments.approve({ personId, paymentId, credential }), approve_errors);
    },
  );
  server.post(
    "/api/payments/:id/undo",
    {
      onRequest,
      schema: { tags, summary: "Undo a payment before it leaves", params: PaymentParams, response },
    },
    async (request) => {
      const paymentId = asId("pay", request.params.id);
      const { personId } = identity.authenticator.principalOf(request);
      return unwrap(await payments.undo({ personId, paymentId }), payment_errors);
    },
  );
}

function addPayeeRoutes(server: HttpServer, { payments, identity }: PaymentRoutesDeps): void {
  const onRequest = identity.authenticator.requireSession();
  server.post(
    "/api/payees/check",
    {
      onRequest,
      schema: {
        tags,
        summary: "Check a payee's name against the account's holder",
        body: PayeeCheckRequestSchema,
        response: withProblems(PayeeCheckSchema),
      },
    },
    async (request) => {
      const { personId } = identity.authenticator.principalOf(request);
      return unwrap(await payments.checkPayee({ personId, ...request.body }), payment_errors);
    },
  );
  server.get(
    "/api/payees",
    { onRequest, schema: { tags, summary: "Whom I have paid", response: withProblems(PayeesSchema) } },
    async (request) => {
      const { personId } = identity.authenticator.principalOf(request);
      return { payees: [...(await payments.payees(personId))] };
    },
  );
  server.delete(
    "/api/payees/:id",
    {
      onRequest,
      schema: { tags, summary: "Forget a payee", params: PayeeParams, response: withProblems(EmptySchema) },
    },
    async (request) => {
      const { personId } = identity.authenticator.principalOf(request);
      unwrap(await payments.forgetPayee({ personId, id: request.params.id }), payment_errors);
      return {};
    },
  );
}

/** Adds the scheme's door: pacs.008 in, pacs.002 out, for whoever shows the scheme's secret. */
export function addSchemeRoutes(
  server: HttpServer,
  deps: { readonly payments: Payments; readonly schemeSecret: string },
): void {
  server.register(async (scheme) => {
    scheme.removeAllContentTypeParsers();
    // Bytes, as they came: what is kept and hashed is what was sent.
    scheme.addContentTypeParser(
      "application/xml",
      { parseAs: "buffer", bodyLimit: message_bytes_max },
      (_request, body, done) => done(null, body),
    );
    scheme.post(
      "/scheme/messages",
      {
        schema: { hide: true },
        // Before the body is read: a stranger's megabytes are not even received.
        onRequest: async (request) => {
          if (!isSecret(request.headers[scheme_secret_header], deps.schemeSecret)) {
            throw problem(payment_errors, "scheme_unauthorised");
          }
        },
      },
      async (request, reply) => {
        const content = request.body instanceof Buffer ? request.body : Buffer.alloc(0);
        const received = await deps.payments.receiveMessage(content);
        if (received.ok) return reply.type("application/xml").send(received.value.answer);
        const { code, detail } = received.error;
        throw problem(payment_errors, code, { detail });
      },
    );
  });
}
