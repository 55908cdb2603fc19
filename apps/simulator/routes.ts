import { readFileSync } from "node:fs";
import Type from "typebox";
import { platform_problems, problem, type HttpServer } from "@mainstay/platform";
import type { Faults } from "./faults.ts";
import {
  answerIdentityCheck,
  IdentityCheckAnswerSchema,
  IdentityCheckRequestSchema,
} from "./identity-check.ts";
import type { PushService } from "./push/push-service.ts";
import { addPushRoutes } from "./push/routes.ts";
import type { Mailbox } from "./mail/mailbox.ts";
import { addMailRoutes } from "./mail/routes.ts";
import { faultsPage } from "./pages/faults.ts";
import { overviewPage } from "./pages/overview.ts";
import { payInPage } from "./pages/pay-in.ts";
import type { PayIn, Scheme } from "./scheme/scheme.ts";

const not_an_amount = "Write the amount in pounds and pence, as in 250.00.";

const PayInSchema = Type.Object(
  {
    account: Type.String({ minLength: 1, maxLength: 42 }),
    amount: Type.String({ minLength: 1, maxLength: 15 }),
    from: Type.Optional(Type.String({ maxLength: 70 })),
    to: Type.Optional(Type.String({ maxLength: 70 })),
    reference: Type.Optional(Type.String({ maxLength: 35 })),
  },
  { additionalProperties: false },
);

const FaultsSchema = Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 40 }));

/** Pages hold no script at all and load nothing from elsewhere. */
const page_policy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; " +
  "base-uri 'none'; frame-ancestors 'none'";

/** What the routes need. */
export type SimulatorParts = {
  readonly faults: Faults;
  readonly mailbox: Mailbox;
  readonly pushes: PushService;
  readonly scheme: Scheme;
};

/** Adds the pages, and the doors that the bank and the command line use. */
export function addRoutes(server: HttpServer, parts: SimulatorParts): void {
  addFormParser(server);
  refuseOtherSites(server);
  addFiles(server);
  addPages(server, parts);
  addForms(server, parts);
  addDoors(server, parts);
  addMailRoutes(server, parts.mailbox);
  addPushRoutes(server, parts.pushes);
}

function addFormParser(server: HttpServer): void {
  server.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
  );
}

/** A page of another site must not be able to order a pay-in by sending a form here. */
function refuseOtherSites(server: HttpServer): void {
  server.addHook("onRequest", (request, _reply, done) => {
    const site = request.headers["sec-fetch-site"];
    const isOwn = site === undefined || site === "same-origin" || site === "none";
    if (request.method !== "GET" && !isOwn) return done(problem(platform_problems, "not_found"));
    done();
  });
}

function addFiles(server: HttpServer): void {
  const files = [
    { path: "/style.css", type: "text/css; charset=utf-8" },
    { path: "/logo.svg", type: "image/svg+xml" },
  ];
  for (const { path, type } of files) {
    const content = readFileSync(new URL(`pages${path}`, import.meta.url));
    server.get(path, (_request, reply) =>
      reply.type(type).header("cache-control", "max-age=60").send(content),
    );
  }
}

function addPages(server: HttpServer, { faults, mailbox, pushes, scheme }: SimulatorParts): void {
  server.addHook("onSend", (_request, reply, payload, done) => {
    if (String(reply.getHeader("content-type")).startsWith("text/html")) {
      void reply.header("content-security-policy", page_policy);
    }
    done(null, payload);
  });
  server.get("/", (_request, reply) => {
    const markup = overviewPage({
      settings: faults.settings(),
      messageCount: mailbox.count(),
      pushCount: pushes.pushes().length,
      transferCount: scheme.transfers().length,
      mailPort: mailbox.port,
    });
    return reply.type("text/html; charset=utf-8").send(markup);
  });
}

function addForms(server: HttpServer, { faults, scheme }: SimulatorParts): void {
  const AccountSchema = Type.Object({ account: Type.Optional(Type.String({ maxLength: 42 })) });
  server.get("/pay-in", { schema: { querystring: AccountSchema } }, (request, reply) => {
    const markup = payInPage({
      transfers: scheme.transfers(),
      account: request.query.account ?? "",
      problem: null,
    });
    return reply.type("text/html; charset=utf-8").send(markup);
  });
  server.post("/pay-in", { schema: { body: PayInSchema } }, async (request, reply) => {
    const outcome = await scheme.payIn(request.body);
    const account = request.body.account;
    if (outcome !== null) return reply.redirect(`/pay-in?account=${encodeURIComponent(account)}`, 303);
    const markup = payInPage({ transfers: scheme.transfers(), account, problem: not_an_amount });
    return reply.code(422).type("text/html; charset=utf-8").send(markup);
  });
  const SavedSchema = Type.Object({ saved: Type.Optional(Type.String({ maxLength: 1 })) });
  server.get("/faults", { schema: { querystring: SavedSchema } }, (request, reply) =>
    reply.type("text/html; charset=utf-8").send(faultsPage(faults.settings(), request.query.saved === "1")),
  );
  server.post("/faults", { schema: { body: FaultsSchema } }, (request, reply) => {
    if (!faults.set(request.body)) throw problem(platform_problems, "bad_request");
    return reply.redirect("/faults?saved=1", 303);
  });
}

/**
 * What programs use: the bank asks for identity checks, `npm run pay-in` and the demo's button for pay-ins.
 */
function addDoors(server: HttpServer, { faults, scheme }: SimulatorParts): void {
  server.post(
    "/api/identity-checks",
    { schema: { body: IdentityCheckRequestSchema, response: { 200: IdentityCheckAnswerSchema } } },
    (request, reply) => {
      const gone = new AbortController();
      reply.raw.on("close", () => gone.abort());
      return answerIdentityCheck(request.body, { faults, gone: gone.signal });
    },
  );
  server.post("/api/pay-in", { schema: { body: PayInSchema } }, async (request) => {
    const order: PayIn = request.body;
    const outcome = await scheme.payIn(order);
    if (outcome === null) throw problem(platform_problems, "bad_request", { detail: not_an_amount });
    const { id, reason, sentence } = outcome;
    return { id, outcome: outcome.outcome, reason, sentence };
  });
  server.get("/api/faults", () => faults.settings());
  server.put("/api/faults", { schema: { body: FaultsSchema } }, (request) => {
    if (!faults.set(request.body)) throw problem(platform_problems, "bad_request");
    return faults.settings();
  });
}
