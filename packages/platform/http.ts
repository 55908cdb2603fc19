import { randomUUID } from "node:crypto";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from "fastify";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import helmet from "@fastify/helmet";
import { assert } from "@mainstay/kernel";
import { QueueFullError } from "./batcher.ts";
import { requestContext, type Logger } from "./log.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { platform_problems, ProblemError, type ProblemExtra, type ProblemSpec } from "./problem.ts";
import { sleep } from "./outbox.ts";

/** The largest body that any of our servers reads, in bytes. */
export const body_bytes_max = 64 * 1024;
/** Answers slower than this are logged, in milliseconds. */
export const slow_request_ms = 1_000;
/** How long a readiness check may take, in milliseconds. */
export const ready_check_ms_max = 2_000;
/** How long a client may take to send its request, in milliseconds. */
export const request_timeout_ms_max = 30_000;

/** The header that carries a request's id from the edge to the last log line. */
export const request_id_header = "x-request-id";
const request_id_pattern = /^[0-9A-Za-z_-]{8,64}$/;

declare module "fastify" {
  interface FastifyContextConfig {
    /** An answer that waits for news, or a stream: that it takes long says nothing. */
    readonly waits?: true;
  }
}

/** Our HTTP server: Fastify with TypeBox types. */
export type HttpServer = ReturnType<typeof bareServer>;

function bareServer() {
  return fastify({
    logger: false,
    bodyLimit: body_bytes_max,
    requestTimeout: request_timeout_ms_max,
    requestIdHeader: false,
    genReqId: (request) => {
      const given = request.headers[request_id_header];
      return typeof given === "string" && request_id_pattern.test(given) ? given : randomUUID();
    },
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
  }).withTypeProvider<TypeBoxTypeProvider>();
}

/**
 * Bodies are taken as they are; query strings are text, so numbers in them are converted. Unknown properties
 * are refused.
 */
function validators() {
  const shared = {
    allErrors: false,
    removeAdditional: false,
    useDefaults: true,
    allowUnionTypes: true,
  } as const;
  const strict = addFormats.default(new Ajv({ ...shared, coerceTypes: false }));
  const converting = addFormats.default(new Ajv({ ...shared, coerceTypes: true }));
  return (part: string | undefined) => (part === "body" ? strict : converting);
}

/** Writes a problem document (RFC 9457). */
export function sendProblem(
  reply: FastifyReply,
  code: string,
  spec: ProblemSpec,
  extra: ProblemExtra = {},
): FastifyReply {
  if (extra.retryAfterSeconds !== undefined) void reply.header("retry-after", extra.retryAfterSeconds);
  return reply
    .code(spec.status)
    .type("application/problem+json")
    .send({
      type: `urn:mainstay:problem:${code}`,
      title: spec.title,
      status: spec.status,
      code,
      retryable: spec.retryable,
      requestId: reply.request.id,
      ...extra,
    });
}

/** Fastify's own refusals, by its error codes or the status that it chose. */
function specOfFastifyError(error: FastifyError): [code: string, spec: ProblemSpec] {
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return ["body_too_large", platform_problems.body_too_large];
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") {
    return ["unsupported_media_type", platform_problems.unsupported_media_type];
  }
  if (error.statusCode === 429) return ["too_many_requests", platform_problems.too_many_requests];
  const clients = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return clients ? ["bad_request", platform_problems.bad_request] : ["internal", platform_problems.internal];
}

function handleError(log: Logger) {
  return (error: FastifyError | ProblemError, _request: FastifyRequest, reply: FastifyReply) => {
    if (error instanceof ProblemError) return sendProblem(reply, error.code, error.spec, error.extra);
    if (error instanceof QueueFullError) {
      return sendProblem(reply, "busy", platform_problems.busy, { retryAfterSeconds: 1 });
    }
    if (error.validation) {
      const errors = error.validation.map((entry) => ({
        pointer: `/${error.validationContext ?? "body"}${entry.instancePath}`,
        detail: entry.message ?? "is wrong",
      }));
      return sendProblem(reply, "bad_request", platform_problems.bad_request, { errors });
    }
    const [code, spec] = specOfFastifyError(error);
    if (spec.status >= 500) log.error({ err: error }, "a request failed for a reason that nobody expected");
    return sendProblem(reply, code, spec);
  };
}

function addHealth(server: HttpServer, checks: Readonly<Record<string, () => Promise<void>>>): void {
  server.get("/health/live", { schema: { hide: true } }, () => ({ status: "ok" }));
  server.get("/health/ready", { schema: { hide: true } }, async (_request, reply) => {
    const failing: string[] = [];
    await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        const timeout = sleep(ready_check_ms_max).then(() => Promise.reject(new Error("timed out")));
        await Promise.race([check(), timeout]).catch(() => failing.push(name));
      }),
    );
    return reply
      .code(failing.length === 0 ? 200 : 503)
      .send({ status: failing.length === 0 ? "ok" : "failing", failing });
  });
}

/**
 * What helmet sets on an answer. It works that out anew for each request, though it never changes: asked once
 * here.
 */
async function helmetHeaders(): Promise<Readonly<Record<string, string>>> {
  const sample = fastify({ logger: false });
  await sample.register(helmet, {
    contentSecurityPolicy: {
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
      useDefaults: false,
    },
    hsts: false,
  });
  sample.get("/", (_request, reply) => reply.code(204).send());
  const { headers } = await sample.inject("/");
  await sample.close();
  const own = Object.entries(headers).filter(
    ([name]) => !["date", "connection", "content-length"].includes(name),
  );
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
}

/**
 * Makes a server with what each of ours has: request ids, problem documents for every error, validation that
 * refuses unknown properties, security headers, `/health/live`, `/health/ready` and `/metrics`. Routes are
 * added by the caller.
 */
export async function createHttpServer(options: {
  readonly name: string;
  readonly log: Logger;
  /** What must work for the process to be ready; each throws when it doesn't. */
  readonly ready: Readonly<Record<string, () => Promise<void>>>;
  readonly metrics?: Metrics;
}): Promise<HttpServer> {
  const { name, log, ready, metrics = createMetrics(name) } = options;
  assert(name.length > 0, "a server has a name");
  const server = bareServer();
  const securityHeaders = await helmetHeaders();
  const validatorFor = validators();
  server.setValidatorCompiler(({ schema, httpPart }) => validatorFor(httpPart).compile(schema as object));
  server.addHook("onRequest", (request, reply, done) => {
    void reply.headers(securityHeaders).header(request_id_header, request.id);
    requestContext.run({ requestId: request.id }, done);
  });
  server.addHook("onResponse", (request, reply, done) => {
    const ms = reply.elapsedTime;
    metrics.observeRequest(
      request.method,
      request.routeOptions.url ?? "unmatched",
      reply.statusCode,
      ms / 1000,
    );
    const waits = request.url.startsWith("/api/events") || request.routeOptions.config.waits === true;
    if (reply.statusCode >= 500 || (ms > slow_request_ms && !waits)) {
      log.warn(
        { method: request.method, url: request.url, status: reply.statusCode, ms },
        "slow or failed request",
      );
    }
    done();
  });
  server.setErrorHandler(handleError(log));
  server.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, "not_found", platform_problems.not_found),
  );
  addHealth(server, ready);
  server.get("/metrics", { schema: { hide: true } }, async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  return server;
}
