import { requireSecret, unwrap, type HttpServer } from "@mainstay/platform";
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

/**
 * Adds what whoever publishes asks, with the edge's secret: `POST /internal/checks` hands in a run,
 * `GET /internal/demanded-checks` says what a version must pass before it is registered.
 */
export function addCheckRoutes(
  server: HttpServer,
  deps: { readonly checks: ChecksService; readonly edgeSecret: string },
): void {
  const onRequest = requireSecret(edge_secret_header, deps.edgeSecret);
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
