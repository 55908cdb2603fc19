import Type from "typebox";
import { problem, requireSecret, unwrap, type HttpServer } from "@mainstay/platform";
import type { ConsoleGate } from "@mainstay/staff";
import {
  ComponentOverrideSchema,
  ComponentSchema,
  ConsoleStatusSchema,
  edge_secret_header,
  EmptySchema,
  IdSchema,
  IncidentIdSchema,
  StatusAskSchema,
  StatusRevisionSchema,
  StatusTokenAnswerSchema,
  StatusTokenSchema,
  StatusUpdateSchema,
  withProblems,
  type StaffRole,
} from "@mainstay/wire";
import { status_problems } from "./errors.ts";
import type { StatusService } from "./service.ts";

const readers: readonly StaffRole[] = ["release-manager", "auditor", "admin"];
const actors: readonly StaffRole[] = ["release-manager"];

/** What the routes are made of. */
export type StatusRouteDeps = {
  readonly service: StatusService;
  readonly gate: ConsoleGate;
  readonly edgeSecret: string;
};

/** Adds what the console asks (`/api/status`) and what the edge asks (`/internal/status`). */
export function addStatusRoutes(server: HttpServer, deps: StatusRouteDeps): void {
  addConsoleRoutes(server, deps);
  addInternalRoutes(server, deps);
}

function addConsoleRoutes(server: HttpServer, { service, gate }: StatusRouteDeps): void {
  server.get("/api/status", { schema: { response: withProblems(ConsoleStatusSchema) } }, async (request) => {
    await gate.require(request, readers);
    return service.readForConsole();
  });
  server.put(
    "/api/status/components/:component",
    {
      schema: {
        params: Type.Object({ component: ComponentSchema }),
        body: ComponentOverrideSchema,
        response: withProblems(ConsoleStatusSchema),
      },
    },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const { component } = request.params;
      unwrap(await service.override(staff, { ...request.body, component }), status_problems);
      return service.readForConsole();
    },
  );
  server.post(
    "/api/status/incidents/:incident/updates",
    {
      schema: {
        params: Type.Object({ incident: IncidentIdSchema }),
        body: StatusUpdateSchema,
        response: withProblems(ConsoleStatusSchema),
      },
    },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const { incident } = request.params;
      unwrap(await service.addUpdate(staff, { ...request.body, incident }), status_problems);
      return service.readForConsole();
    },
  );
  server.put(
    "/api/status/incidents/:incident/updates/:update",
    {
      schema: {
        params: Type.Object({ incident: IncidentIdSchema, update: IdSchema("upd") }),
        body: StatusUpdateSchema,
        response: withProblems(ConsoleStatusSchema),
      },
    },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const { incident, update } = request.params;
      unwrap(await service.amendUpdate(staff, { ...request.body, incident, update }), status_problems);
      return service.readForConsole();
    },
  );
}

function addInternalRoutes(server: HttpServer, { service, edgeSecret }: StatusRouteDeps): void {
  const { subscriptions } = service;
  const onRequest = requireSecret(edge_secret_header, edgeSecret);
  server.get(
    "/internal/status",
    {
      onRequest,
      schema: {
        querystring: Type.Object({ after: Type.Optional(Type.String({ maxLength: 60 })) }),
        response: withProblems(StatusRevisionSchema),
      },
    },
    (request) => service.readAfter(request.query.after ?? null),
  );
  server.post(
    "/internal/status/subscriptions",
    { onRequest, schema: { body: StatusAskSchema, response: withProblems(EmptySchema) } },
    async (request) => {
      if (await subscriptions.ask(request.body)) return {};
      throw problem(status_problems, "too_many_requests", { retryAfterSeconds: 600 });
    },
  );
  const schema = { body: StatusTokenSchema, response: withProblems(StatusTokenAnswerSchema) };
  server.post("/internal/status/subscriptions/confirm", { onRequest, schema }, async (request) => ({
    outcome: (await subscriptions.confirm(request.body.token)) ? ("done" as const) : ("unknown" as const),
  }));
  server.post("/internal/status/subscriptions/end", { onRequest, schema }, async (request) => ({
    outcome: (await subscriptions.end(request.body.token)) ? ("done" as const) : ("unknown" as const),
  }));
}
