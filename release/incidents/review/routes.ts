import type { FastifyRequest } from "fastify";
import Type from "typebox";
import { problem, type HttpServer } from "@mainstay/platform";
import type { ConsoleGate } from "@mainstay/staff";
import {
  CommandIdSchema,
  IdSchema,
  IncidentClassifySchema,
  IncidentIdSchema,
  IncidentReportSentSchema,
  review_texts,
  ReviewActionPutSchema,
  ReviewCheckSchema,
  ReviewCloseSchema,
  ReviewReaderSchema,
  ReviewSchema,
  ReviewTextSchema,
  withProblems,
  type Review,
} from "@mainstay/wire";
import { incidents_problems } from "../errors.ts";
import { actors, answered, readers } from "../routes.ts";
import type { Answer } from "../types.ts";
import { reviewToMarkdown } from "./markdown.ts";
import { reviewToPdf } from "./pdf.ts";
import type { Reviews } from "./review.ts";

type Deps = { readonly reviews: Reviews; readonly gate: ConsoleGate };
const Params = Type.Object({ id: IncidentIdSchema });
const response = withProblems(ReviewSchema);

async function found(reviews: Reviews, incidentId: string): Promise<Review> {
  const review = await reviews.read(incidentId);
  if (review === null) throw problem(incidents_problems, "incident_unknown");
  return review;
}

/** The review after a command. */
async function changed(reviews: Reviews, answer: Answer<string>): Promise<Review> {
  return found(reviews, await answered(answer));
}

function addDocumentRoutes(server: HttpServer, { reviews, gate }: Deps): void {
  server.get("/api/incidents/:id/review", { schema: { params: Params, response } }, async (request) => {
    await gate.require(request, readers);
    return found(reviews, request.params.id);
  });
  const fileOf = (review: Review, type: string): string =>
    `inline; filename="${review.number}-review.${type}"`;
  server.get("/api/incidents/:id/review.md", { schema: { params: Params } }, async (request, reply) => {
    await gate.require(request, readers);
    const review = await found(reviews, request.params.id);
    void reply.type("text/markdown; charset=utf-8").header("content-disposition", fileOf(review, "md"));
    return reviewToMarkdown(review);
  });
  server.get("/api/incidents/:id/review.pdf", { schema: { params: Params } }, async (request, reply) => {
    await gate.require(request, readers);
    const review = await found(reviews, request.params.id);
    void reply.type("application/pdf").header("content-disposition", fileOf(review, "pdf"));
    return reply.send(await reviewToPdf(review));
  });
}

function addWritingRoutes(server: HttpServer, { reviews, gate }: Deps): void {
  const editOf = async (request: FastifyRequest, incidentId: string, commandId: string) => {
    const { staff } = await gate.require(request, actors);
    return { incidentId, commandId, by: { id: staff.id, name: staff.name } };
  };
  const PartParams = Type.Object({ id: IncidentIdSchema, part: Type.Enum([...review_texts]) });
  server.put(
    "/api/incidents/:id/review/texts/:part",
    { schema: { params: PartParams, body: ReviewTextSchema, response } },
    async (request) => {
      const { params, body } = request;
      const edit = await editOf(request, params.id, body.commandId);
      const { draft, text } = body;
      return changed(reviews, reviews.writeText({ ...edit, part: params.part, draft, text }));
    },
  );
  const ActionParams = Type.Object({ id: IncidentIdSchema, action: IdSchema("act") });
  server.put(
    "/api/incidents/:id/review/actions/:action",
    { schema: { params: ActionParams, body: ReviewActionPutSchema, response } },
    async (request) => {
      const { params, body } = request;
      const { commandId, note = null, ...action } = body;
      const edit = await editOf(request, params.id, commandId);
      return changed(reviews, reviews.putAction({ ...edit, ...action, note, id: params.action }));
    },
  );
  server.post(
    "/api/incidents/:id/review/check",
    { schema: { params: Params, body: ReviewCheckSchema, response } },
    async (request) => {
      const { commandId, journey } = request.body;
      const edit = await editOf(request, request.params.id, commandId);
      return changed(reviews, reviews.demandCheck({ ...edit, journey }));
    },
  );
  server.post(
    "/api/incidents/:id/review/reader",
    { schema: { params: Params, body: ReviewReaderSchema, response } },
    async (request) => {
      const { commandId, staff } = request.body;
      const edit = await editOf(request, request.params.id, commandId);
      return changed(reviews, reviews.askReader({ ...edit, staff }));
    },
  );
  const Command = Type.Object({ commandId: CommandIdSchema }, { additionalProperties: false });
  server.post(
    "/api/incidents/:id/review/read",
    { schema: { params: Params, body: Command, response } },
    async (request) => {
      const edit = await editOf(request, request.params.id, request.body.commandId);
      return changed(reviews, reviews.readThrough(edit));
    },
  );
  server.post(
    "/api/incidents/:id/review/close",
    { schema: { params: Params, body: ReviewCloseSchema, response } },
    async (request) => {
      const edit = await editOf(request, request.params.id, request.body.commandId);
      return changed(reviews, reviews.close(edit));
    },
  );
}

function addRegulatorRoutes(server: HttpServer, { reviews, gate }: Deps): void {
  server.post(
    "/api/incidents/:id/classify",
    { schema: { params: Params, body: IncidentClassifySchema, response } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const given = { ...request.body, incidentId: request.params.id };
      return changed(reviews, reviews.classify({ id: staff.id, name: staff.name }, given));
    },
  );
  const ReportParams = Type.Object({ id: IncidentIdSchema, deadline: Type.String({ maxLength: 40 }) });
  server.post(
    "/api/incidents/:id/reports/:deadline",
    { schema: { params: ReportParams, body: IncidentReportSentSchema, response } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const { id: incidentId, deadline } = request.params;
      const { commandId, at } = request.body;
      const given = { incidentId, deadline, commandId, at: new Date(at) };
      return changed(reviews, reviews.noteReport({ id: staff.id, name: staff.name }, given));
    },
  );
}

/** Adds the review's endpoints, and those of what regulators ask; all answer the review as it stands then. */
export function addReviewRoutes(server: HttpServer, deps: Deps): void {
  addDocumentRoutes(server, deps);
  addWritingRoutes(server, deps);
  addRegulatorRoutes(server, deps);
}
