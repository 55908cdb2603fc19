import { Readable } from "node:stream";
import Type from "typebox";
import { problem, requireSecret, streamChanges, type HttpServer } from "@mainstay/platform";
import {
  AffectedPageSchema,
  edge_secret_header,
  EmptySchema,
  IncidentChangeSchema,
  IncidentIdSchema,
  IncidentMergeSchema,
  IncidentNoteSchema,
  IncidentOpenSchema,
  IncidentSchema,
  IncidentsConcerningSchema,
  IncidentsSchema,
  LedgerReportSchema,
  withProblems,
  type Incident,
  type IncidentScope,
  type StaffRole,
} from "@mainstay/wire";
import type { ConsoleGate } from "@mainstay/staff";
import { csvHead, csvLine } from "./csv.ts";
import { incidents_problems } from "./errors.ts";
import type { Incidents } from "./incidents.ts";
import type { Answer, Scope } from "./types.ts";

/** Who reads of incidents, and who changes them. */
export const readers: readonly StaffRole[] = ["release-manager", "auditor", "admin"];
export const actors: readonly StaffRole[] = ["release-manager"];

const Params = Type.Object({ id: IncidentIdSchema });

/** Gives what a command came to, or throws its refusal as a problem. */
export async function answered<T>(answer: Answer<T>): Promise<T> {
  const result = await answer;
  if (result.ok) return result.value;
  const { code, detail } = result.error;
  throw problem(incidents_problems, code, detail === undefined ? {} : { detail });
}

function scopeOf({ from, until, ...lists }: IncidentScope): Scope {
  return { ...lists, from: new Date(from), until: until === null ? null : new Date(until) };
}

type Deps = { readonly incidents: Incidents; readonly gate: ConsoleGate };

async function pageOf(incidents: Incidents, id: string): Promise<Incident> {
  const page = await incidents.readIncident(id);
  if (page === null) throw problem(incidents_problems, "incident_unknown");
  return page;
}

/** What a stream says of a change: an incident's, or with null of any. */
const wordOf = (incident: string | null) => ({ type: "changed", incident }) as const;

function changesOf({ listen, stopped }: Incidents) {
  return {
    stopped,
    listen: (hear: (subject: string | null) => void) => listen(({ incidentId }) => hear(incidentId)),
  };
}

function addReads(server: HttpServer, { incidents, gate }: Deps): void {
  server.get("/api/incidents", { schema: { response: withProblems(IncidentsSchema) } }, async (request) => {
    await gate.require(request, readers);
    return incidents.readIncidents();
  });
  server.get(
    "/api/incidents/concerning",
    {
      schema: {
        querystring: Type.Object({ customer: Type.String({ minLength: 1, maxLength: 60 }) }),
        response: withProblems(IncidentsConcerningSchema),
      },
    },
    async (request) => {
      await gate.require(request, [...readers, "support"]);
      return incidents.readConcerning(request.query.customer);
    },
  );
  server.get(
    "/api/incidents/:id",
    { schema: { params: Params, response: withProblems(IncidentSchema) } },
    async (request) => {
      // Support has the incident beside a conversation with one of those affected.
      await gate.require(request, [...readers, "support"]);
      return pageOf(incidents, request.params.id);
    },
  );
  server.get(
    "/api/incidents/:id/affected",
    {
      schema: {
        params: Params,
        querystring: Type.Object({
          back: Type.Optional(Type.Enum(["yes", "no"])),
          after: Type.Optional(Type.String({ maxLength: 400 })),
        }),
        response: withProblems(AffectedPageSchema),
      },
    },
    async (request) => {
      await gate.require(request, readers);
      const { back, after = null } = request.query;
      if ((await incidents.find(request.params.id)) === null) {
        throw problem(incidents_problems, "incident_unknown");
      }
      const isBack = back === undefined ? null : back === "yes";
      return incidents.readAffected({ incidentId: request.params.id, back: isBack, after });
    },
  );
}

function addExport(server: HttpServer, { incidents, gate }: Deps): void {
  server.get("/api/incidents/:id/affected.csv", { schema: { params: Params } }, async (request, reply) => {
    const { staff } = await gate.require(request, readers);
    const incident = await incidents.find(request.params.id);
    if (incident === null) throw problem(incidents_problems, "incident_unknown");
    await incidents.noteExport(staff, incident.id);
    async function* lines() {
      yield csvHead();
      for await (const row of incidents.readAllAffected(request.params.id)) yield csvLine(row);
    }
    return reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", `attachment; filename="${incident.number}-affected.csv"`)
      .header("cache-control", "no-store")
      .send(Readable.from(lines()));
  });
}

function addStreams(server: HttpServer, { incidents, gate }: Deps): void {
  server.get(
    "/api/incidents/stream",
    { config: { waits: true }, schema: { hide: true } },
    async (request, reply) => {
      await gate.require(request, readers);
      return streamChanges(changesOf(incidents), { request, reply, subject: null, wordOf });
    },
  );
  server.get(
    "/api/incidents/:id/stream",
    { config: { waits: true }, schema: { hide: true, params: Params } },
    async (request, reply) => {
      await gate.require(request, readers);
      return streamChanges(changesOf(incidents), { request, reply, subject: request.params.id, wordOf });
    },
  );
}

function addCommands(server: HttpServer, { incidents, gate }: Deps): void {
  const response = withProblems(IncidentSchema);
  server.post("/api/incidents", { schema: { body: IncidentOpenSchema, response } }, async (request) => {
    const { staff } = await gate.require(request, actors);
    const { scope, ...rest } = request.body;
    const id = await answered(incidents.open(staff, { ...rest, scope: scopeOf(scope) }));
    return pageOf(incidents, id);
  });
  server.patch(
    "/api/incidents/:id",
    { schema: { params: Params, body: IncidentChangeSchema, response } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const { scope, ...rest } = request.body;
      const change = { ...rest, ...(scope === undefined ? {} : { scope: scopeOf(scope) }) };
      const id = await answered(incidents.change(staff, { id: request.params.id, request: change }));
      return pageOf(incidents, id);
    },
  );
  server.post(
    "/api/incidents/:id/notes",
    { schema: { params: Params, body: IncidentNoteSchema, response } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const { commandId, text, at } = request.body;
      const given = { id: request.params.id, commandId, text, at: at === undefined ? null : new Date(at) };
      return pageOf(incidents, await answered(incidents.note(staff, given)));
    },
  );
  server.post(
    "/api/incidents/:id/merge",
    { schema: { params: Params, body: IncidentMergeSchema, response } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const given = { id: request.params.id, ...request.body };
      return pageOf(incidents, await answered(incidents.merge(staff, given)));
    },
  );
}

/** Adds `/api/incidents`: lists, pages, streams and commands of staff, each with its roles. */
export function addIncidentRoutes(server: HttpServer, deps: Deps): void {
  addReads(server, deps);
  addExport(server, deps);
  addStreams(server, deps);
  addCommands(server, deps);
}

/** Adds `POST /internal/ledger-reports`, where the bank tells what its ledger's checker has found. */
export function addLedgerReportRoute(
  server: HttpServer,
  deps: { readonly incidents: Pick<Incidents, "ledgerReport">; readonly edgeSecret: string },
): void {
  server.post(
    "/internal/ledger-reports",
    {
      onRequest: requireSecret(edge_secret_header, deps.edgeSecret),
      schema: { body: LedgerReportSchema, response: withProblems(EmptySchema) },
    },
    async ({ body }) => {
      await answered(deps.incidents.ledgerReport(body));
      return {};
    },
  );
}
