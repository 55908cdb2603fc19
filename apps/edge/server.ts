import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { addMs, type Clock, type Random } from "@mainstay/kernel";
import {
  answerFile,
  commonHeaders,
  pageHeaders,
  request_id_header,
  request_timeout_ms_max,
  slow_request_ms,
  type Logger,
  type Metrics,
  type PagePolicy,
  type StaticFile,
} from "@mainstay/platform";
import type { Assignment } from "@mainstay/wire";
import type { BankProxy } from "./bank-proxy.ts";
import type { Catalog } from "./catalog.ts";
import { answerProblem } from "./problems.ts";

/** The largest set of request headers, in bytes. */
export const header_bytes_max = 16 * 1024;
/** How long a client may take to send its headers, in milliseconds. */
export const headers_ms_max = 10_000;
/** How many clients may be connected at once. */
export const connections_max = 10_000;
/** How long the edge's word for a version holds, in milliseconds. */
export const assignment_ms_max = 60_000;

const request_id_pattern = /^[0-9A-Za-z_-]{8,64}$/;
const immutable = "public, max-age=31536000, immutable";
const revalidate = "no-cache";

/** Code comes from the boot layer and from published versions; the only worker is the boot layer's. */
const app_policy: PagePolicy = {
  code: ["/boot/", "/v/"],
  fonts: ["/v/"],
  worker: "/sw.js",
  trustedTypes: ["mainstay-boot"],
};

export type EdgeDeps = {
  /** What the customer's browser calls us by, `http://localhost:8080`. */
  readonly origin: string;
  readonly bootFiles: ReadonlyMap<string, StaticFile>;
  readonly catalog: Catalog;
  readonly bank: BankProxy;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
};

/** One request with what is known of it. */
type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
};
type Route = {
  /** What the route is called in the metrics. */
  readonly name: string;
  readonly matches: (path: string) => boolean;
  readonly answer: (deps: Prepared, exchange: Exchange) => Promise<void> | void;
  /** Whether any method may come; else GET and HEAD alone. */
  readonly anyMethod?: true;
};
type Prepared = EdgeDeps & {
  readonly host: string;
  readonly common: readonly (readonly [name: string, value: string])[];
  readonly page: readonly (readonly [name: string, value: string])[];
};

function answerBootFile(deps: Prepared, exchange: Exchange, name: string, cacheControl: string): void {
  const file = deps.bootFiles.get(name);
  if (file) answerFile(exchange.request, exchange.response, file, cacheControl);
  else answerProblem(exchange.response, "not_found");
}

function answerPage(deps: Prepared, exchange: Exchange): void {
  for (const [name, value] of deps.page) exchange.response.setHeader(name, value);
  answerBootFile(deps, exchange, "index.html", revalidate);
}

function answerJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
  });
  response.end(body);
}

async function answerAssignment(deps: Prepared, { response }: Exchange): Promise<void> {
  const newest = await deps.catalog.newest();
  if (!newest) {
    answerProblem(response, "no_version", { retryAfterSeconds: 5 });
    return;
  }
  const assignment: Assignment = {
    version: newest.version,
    activation: Buffer.from(deps.random.bytes(16)).toString("base64url"),
    expiresAt: addMs(deps.clock.now(), assignment_ms_max).toISOString(),
    healthy: [],
    update: { kind: "none" },
  };
  answerJson(response, 200, assignment);
}

/**
 * `/v/<version>/<path>`: looked up among the version's own files by name, so that no path can lead out of it.
 */
async function answerVersionFile(deps: Prepared, { request, response, path }: Exchange): Promise<void> {
  const [, , version = "", ...rest] = path.split("/");
  const loaded = await deps.catalog.version(version);
  const file = loaded?.files.get(rest.join("/"));
  if (file) answerFile(request, response, file, immutable);
  else answerProblem(response, "not_found");
}

async function answerReady(deps: Prepared, { response }: Exchange): Promise<void> {
  // The edge is ready when it can serve the app: with the bank away it still says what is wrong.
  const failing = (await deps.catalog.newest()) ? [] : ["catalog"];
  const away = (await deps.bank.isReady()) ? [] : ["bank"];
  const status = failing.length === 0 ? 200 : 503;
  answerJson(response, status, { status: status === 200 ? "ok" : "failing", failing, away });
}

async function answerMetrics(deps: Prepared, { response }: Exchange): Promise<void> {
  response.setHeader("content-type", deps.metrics.registry.contentType);
  response.writeHead(200).end(await deps.metrics.registry.metrics());
}

const isOf = (prefix: string) => (path: string) => path.startsWith(prefix);
const is = (wanted: string) => (path: string) => path === wanted;

/** Every route, in the order in which they are tried. The last one is any path of the app. */
const routes: readonly Route[] = [
  {
    name: "/api/*",
    matches: (path) => path === "/api" || path.startsWith("/api/"),
    anyMethod: true,
    answer: ({ bank }, { request, response }) =>
      bank.pass(request, response, String(response.getHeader(request_id_header))),
  },
  { name: "/assignment", matches: is("/assignment"), answer: answerAssignment },
  { name: "/v/*", matches: isOf("/v/"), answer: answerVersionFile },
  {
    name: "/boot/*",
    matches: isOf("/boot/"),
    answer: (deps, exchange) =>
      answerBootFile(deps, exchange, exchange.path.slice("/boot/".length), immutable),
  },
  {
    name: "/icons/*",
    matches: isOf("/icons/"),
    answer: (deps, exchange) =>
      answerBootFile(deps, exchange, exchange.path.slice(1), "public, max-age=86400"),
  },
  {
    name: "/sw.js",
    matches: is("/sw.js"),
    answer: (deps, exchange) => answerBootFile(deps, exchange, "sw.js", revalidate),
  },
  {
    name: "/manifest.webmanifest",
    matches: is("/manifest.webmanifest"),
    answer: (deps, exchange) => answerBootFile(deps, exchange, "manifest.webmanifest", revalidate),
  },
  {
    name: "/health/live",
    matches: is("/health/live"),
    answer: (_deps, { response }) => answerJson(response, 200, { status: "ok" }),
  },
  { name: "/health/ready", matches: is("/health/ready"), answer: answerReady },
  { name: "/metrics", matches: is("/metrics"), answer: answerMetrics },
  { name: "page", matches: (path) => !path.slice(path.lastIndexOf("/")).includes("."), answer: answerPage },
];

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
  const found = routes.find(({ matches }) => matches(path));
  if (!found) {
    answerProblem(response, "not_found");
    return "unmatched";
  }
  if (found.anyMethod !== true && request.method !== "GET" && request.method !== "HEAD") {
    answerProblem(response, "method_not_allowed", { allow: "GET, HEAD" });
    return found.name;
  }
  void Promise.resolve(found.answer(deps, exchange)).catch((error: unknown) => {
    deps.log.error({ err: error, path }, "the edge failed for a reason that nobody expected");
    answerProblem(response, "internal");
  });
  return found.name;
}

function observe(deps: Prepared, exchange: Exchange, name: string, startedAt: number): void {
  const { request, response, path } = exchange;
  const ms = performance.now() - startedAt;
  deps.metrics.observeRequest(request.method ?? "GET", name, response.statusCode, ms / 1_000);
  const slow = ms > slow_request_ms && path !== "/api/events";
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
    page: Object.entries(pageHeaders(given.origin, app_policy)),
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
