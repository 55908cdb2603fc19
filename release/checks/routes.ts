import { timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { problem, unwrap, type HttpServer } from "@mainstay/platform";
import {
  CheckRunSchema,
  CheckRunTakenSchema,
  DemandedJourneysSchema,
  edge_secret_header,
} from "@mainstay/wire";
import { checks_problems } from "./errors.ts";
import type { ChecksService } from "./service.ts";

/** The largest run, in bytes: some two hundred cells with their steps. */
export const check_run_bytes_max = 2 * 1024 * 1024;

function isSecret(given: unknown, secret: string): boolean {
  if (typeof given !== "string") return false;
  const [left, right] = [Buffer.from(given), Buffer.from(secret)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * Adds what whoever publishes asks, with the edge's secret: `POST /internal/checks` hands in a run,
 * `GET /internal/demanded-checks` says what a version must pass before it is registered.
 */
export function addCheckRoutes(
  server: HttpServer,
  deps: { readonly checks: ChecksService; readonly edgeSecret: string },
): void {
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    // To whoever has not the secret there is nothing here.
    if (!isSecret(request.headers[edge_secret_header], deps.edgeSecret)) {
      throw problem(checks_problems, "not_found");
    }
  };
  server.get(
    "/internal/demanded-checks",
    { onRequest, schema: { response: { 200: DemandedJourneysSchema } } },
    async () => ({ demanded: [...(await deps.checks.demandedJourneys())] }),
  );
  server.post(
    "/internal/checks",
    {
      bodyLimit: check_run_bytes_max,
      onRequest,
      schema: { body: CheckRunSchema, response: { 200: CheckRunTakenSchema } },
    },
    async ({ body }) => unwrap(await deps.checks.takeRun(body), checks_problems),
  );
}
