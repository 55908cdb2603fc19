import { randomUUID } from "node:crypto";
import { createServer, type Server, type ServerResponse } from "node:http";
import {
  commonHeaders,
  request_id_header,
  request_timeout_ms_max,
  slow_request_ms,
  type Logger,
  type Metrics,
  type ShellApps,
  type StaticFile,
} from "@mainstay/platform";
import type { Assignments } from "./assignments/assignments.ts";
import type { BankProxy } from "./bank-proxy.ts";
import { capgoRoutes } from "./capgo.ts";
import type { Catalog } from "./catalog.ts";
import { fileRoutes, pageRoute } from "./pages.ts";
import { answerProblem } from "./problems.ts";
import { answerJson, is, type Exchange, type Route } from "./route.ts";
import { answerShellOrigin } from "./shell-origins.ts";
import { wellKnownRoutes } from "./well-known.ts";

/** The largest set of request headers, in bytes. */
export const header_bytes_max = 16 * 1024;
/** How long a client may take to send its headers, in milliseconds. */
export const headers_ms_max = 10_000;
/** How many clients may be connected at once. */
export const connections_max = 20_000;

const request_id_pattern = /^[0-9A-Za-z_-]{8,64}$/;

export type EdgeDeps = {
  /** What the customer's browser calls us by, `http://localhost:8080`. */
  readonly origin: string;
  readonly bootFiles: ReadonlyMap<string, StaticFile>;
  readonly catalog: Catalog;
  readonly assignments: Assignments;
  readonly bank: BankProxy;
  /** The native apps that may use our passkeys; none where nothing is said. */
  readonly shellApps?: ShellApps;
  /** The public status page; there is none where nothing is said. */
  readonly statusRoutes?: readonly Route[];
  readonly log: Logger;
  readonly metrics: Metrics;
};

type Prepared = EdgeDeps & {
  readonly host: string;
  readonly common: readonly (readonly [name: string, value: string])[];
  readonly routes: readonly Route[];
};

async function answerReady({ catalog, bank }: EdgeDeps, response: ServerResponse): Promise<void> {
  // The edge is ready when it can serve the app: with the bank away it still says what is wrong.
  const failing = (await catalog.newest()) ? [] : ["catalog"];
  const away = (await bank.isReady()) ? [] : ["bank"];
  const status = failing.length === 0 ? 200 : 503;
  answerJson(response, status, { status: status === 200 ? "ok" : "failing", failing, away });
}

async function answerMetrics({ metrics }: EdgeDeps, response: ServerResponse): Promise<void> {
  response.setHeader("content-type", metrics.registry.contentType);
  response.writeHead(200).end(await metrics.registry.metrics());
}

/** The way to the bank, with what the edge says about versions. */
function apiRoute({ bank, assignments }: EdgeDeps): Route {
  return {
    name: "/api/*",
    matches: (path) => path === "/api" || path.startsWith("/api/"),
    methods: "any",
    answer: ({ request, response, path }) => {
      const requestId = String(response.getHeader(request_id_header));
      bank.pass(request, response, { requestId, words: assignments.apiWords(request, path) });
    },
  };
}

/** Every route, in the order in which they are tried. The last one is any path of the app. */
function routesOf(deps: EdgeDeps): readonly Route[] {
  return [
    apiRoute(deps),
    ...deps.assignments.routes,
    ...capgoRoutes({ ...deps, ...deps.assignments }),
    ...wellKnownRoutes(deps.shellApps),
    ...fileRoutes(deps),
    ...(deps.statusRoutes ?? []),
    {
      name: "/health/live",
      matches: is("/health/live"),
      answer: ({ response }) => answerJson(response, 200, { status: "ok" }),
    },
    {
      name: "/health/ready",
      matches: is("/health/ready"),
      answer: ({ response }) => answerReady(deps, response),
    },
    { name: "/metrics", matches: is("/metrics"), answer: ({ response }) => answerMetrics(deps, response) },
    pageRoute(deps),
  ];
}

/** What operators and the start ask for, by whatever name they reach the edge. */
const internal_paths = new Set(["/health/live", "/health/ready", "/metrics"]);

/** A path that another program might read differently than we do is refused before anything looks at it. */
function isAmbiguous(path: string): boolean {
  return !path.startsWith("/") || /\/\/|\/\.{1,2}(?:\/|$)|%2e|%2f|%5c|%00|\\/i.test(path);
}

function route(deps: Prepared, exchange: Exchange): string {
  const { request, response, path } = exchange;
  if (request.headers.host !== deps.host && !internal_paths.has(path)) {
    answerProblem(response, "host_unknown");
    return "refused";
  }
  if (isAmbiguous(path)) {
    answerProblem(response, "bad_request");
    return "refused";
  }
  // Browsers say when they fetch a worker's script: no release gets one registered (DESIGN.md §7).
  if (request.headers["service-worker"] !== undefined && path !== "/sw.js") {
    answerProblem(response, "service_worker_refused");
    return "refused";
  }
  if (answerShellOrigin(request, response)) return "preflight";
  const found = deps.routes.find(({ matches }) => matches(path));
  if (!found) {
    answerProblem(response, "not_found");
    return "unmatched";
  }
  const methods = found.methods ?? ["GET", "HEAD"];
  if (methods !== "any" && !methods.includes(request.method ?? "GET")) {
    answerProblem(response, "method_not_allowed", { allow: methods.join(", ") });
    return found.name;
  }
  void Promise.resolve(found.answer(exchange)).catch((error: unknown) => {
    deps.log.error({ err: error, path }, "the edge failed for a reason that nobody expected");
    answerProblem(response, "internal");
  });
  return found.name;
}

/** Answers that take as long as their listener stays. */
const streams = new Set(["/api/events", "/assignment/events"]);

function observe(deps: Prepared, exchange: Exchange, name: string, startedAt: number): void {
  const { request, response, path } = exchange;
  const ms = performance.now() - startedAt;
  deps.metrics.observeRequest(request.method ?? "GET", name, response.statusCode, ms / 1_000);
  const slow = ms > slow_request_ms && !streams.has(path);
  if (slow || response.statusCode >= 500) {
    const requestId = response.getHeader(request_id_header);
    deps.log.warn(
      { method: request.method, path, status: response.statusCode, ms, requestId },
      "slow or failed",
    );
  }
}

/**
 * Makes the edge's HTTP server; the caller lets it listen. Node's own server, because every customer's
 * request passes here.
 */
export function createEdge(given: EdgeDeps): Server {
  const deps: Prepared = {
    ...given,
    host: new URL(given.origin).host,
    common: Object.entries(commonHeaders(given.origin)),
    routes: routesOf(given),
  };
  const server = createServer(
    {
      maxHeaderSize: header_bytes_max,
      headersTimeout: headers_ms_max,
      requestTimeout: request_timeout_ms_max,
      keepAliveTimeout: 65_000,
    },
    (request, response) => {
      const startedAt = performance.now();
      const known = request.headers[request_id_header];
      const id = typeof known === "string" && request_id_pattern.test(known) ? known : randomUUID();
      response.setHeader(request_id_header, id);
      for (const [name, value] of deps.common) response.setHeader(name, value);
      const url = request.url ?? "/";
      const query = url.indexOf("?");
      const exchange = { request, response, path: query === -1 ? url : url.slice(0, query) };
      const name = route(deps, exchange);
      response.on("close", () => observe(deps, exchange, name, startedAt));
    },
  );
  server.maxConnections = connections_max;
  return server;
}
