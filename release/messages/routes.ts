import Type from "typebox";
import { problem, type HttpServer } from "@mainstay/platform";
import type { ConsoleGate, StaffMember } from "@mainstay/staff";
import {
  ApprovalDeclineSchema,
  EmptySchema,
  IncidentIdSchema,
  MessageDeliveriesSchema,
  MessageDraftSchema,
  MessageEditSchema,
  MessageIdSchema,
  MessagePreviewAskSchema,
  MessagePreviewSchema,
  MessageSchema,
  MessagesSchema,
  MessageSignOptionsSchema,
  MessageSignSchema,
  withProblems,
  type Message,
  type StaffRole,
} from "@mainstay/wire";
import { messages_problems } from "./errors.ts";
import type { Viewer } from "./reads.ts";
import type { MessagesService } from "./service.ts";
import type { Answer } from "./types.ts";

const readers: readonly StaffRole[] = ["release-manager", "auditor", "admin"];
const actors: readonly StaffRole[] = ["release-manager"];

const MessageParams = Type.Object({ id: MessageIdSchema });
const IncidentParams = Type.Object({ id: IncidentIdSchema });

type RouteDeps = { readonly service: MessagesService; readonly gate: ConsoleGate };

/** Gives what a command came to, or throws its refusal as a problem. */
async function answered<T>(answer: Answer<T>): Promise<T> {
  const result = await answer;
  if (result.ok) return result.value;
  const { code, detail } = result.error;
  throw problem(messages_problems, code, detail === undefined ? {} : { detail });
}

function viewerOf(staff: StaffMember): Viewer {
  return { id: staff.id, mayAct: actors.some((role) => staff.roles.includes(role)) };
}

/** The message that a command was of, as it stands now. */
async function commanded(
  service: MessagesService,
  staff: StaffMember,
  answer: Answer<string>,
): Promise<Message> {
  return answered(service.read(await answered(answer), viewerOf(staff)));
}

function addReadRoutes(server: HttpServer, { service, gate }: RouteDeps): void {
  const response = withProblems(MessagesSchema);
  server.get("/api/messages", { schema: { response } }, async (request) => {
    const { staff } = await gate.require(request, readers);
    return service.list(null, viewerOf(staff));
  });
  server.get(
    "/api/incidents/:id/messages",
    { schema: { params: IncidentParams, response } },
    async (request) => {
      const { staff } = await gate.require(request, readers);
      return service.list(request.params.id, viewerOf(staff));
    },
  );
  server.get(
    "/api/messages/:id",
    { schema: { params: MessageParams, response: withProblems(MessageSchema) } },
    async (request) => {
      const { staff } = await gate.require(request, readers);
      return answered(service.read(request.params.id, viewerOf(staff)));
    },
  );
  const DeliveriesQuery = Type.Object(
    { after: Type.Optional(Type.String({ maxLength: 40 })) },
    { additionalProperties: false },
  );
  server.get(
    "/api/messages/:id/deliveries",
    {
      schema: {
        params: MessageParams,
        querystring: DeliveriesQuery,
        response: withProblems(MessageDeliveriesSchema),
      },
    },
    async (request) => {
      await gate.require(request, readers);
      const { after = "" } = request.query;
      return answered(service.deliveries({ messageId: request.params.id, after }));
    },
  );
}

function addWriteRoutes(server: HttpServer, { service, gate }: RouteDeps): void {
  const response = withProblems(MessageSchema);
  server.post(
    "/api/incidents/:id/messages",
    { schema: { params: IncidentParams, body: MessageDraftSchema, response } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const given = { commandId: request.body.commandId, incidentId: request.params.id };
      return commanded(service, staff, service.draft(staff, given));
    },
  );
  server.put(
    "/api/messages/:id",
    { schema: { params: MessageParams, body: MessageEditSchema, response } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const given = { ...request.body, messageId: request.params.id };
      return commanded(service, staff, service.edit(staff, given));
    },
  );
  server.post(
    "/api/messages/:id/preview",
    {
      schema: {
        params: MessageParams,
        body: MessagePreviewAskSchema,
        response: withProblems(MessagePreviewSchema),
      },
    },
    async (request) => {
      await gate.require(request, readers);
      return answered(service.preview({ ...request.body, messageId: request.params.id }));
    },
  );
}

function addSignRoutes(server: HttpServer, { service, gate }: RouteDeps): void {
  const response = withProblems(MessageSchema);
  server.post(
    "/api/messages/:id/sign/options",
    {
      schema: { params: MessageParams, body: EmptySchema, response: withProblems(MessageSignOptionsSchema) },
    },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const begun = await answered(service.signOptions(staff, request.params.id));
      return { ...begun, expiresAt: begun.expiresAt.toISOString() };
    },
  );
  server.post(
    "/api/messages/:id/sign",
    { schema: { params: MessageParams, body: MessageSignSchema, response } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const given = { ...request.body, messageId: request.params.id };
      return commanded(service, staff, service.sign(staff, given));
    },
  );
  server.post(
    "/api/messages/:id/decline",
    { schema: { params: MessageParams, body: ApprovalDeclineSchema, response } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const { reason = null } = request.body;
      return commanded(service, staff, service.decline(staff, { messageId: request.params.id, reason }));
    },
  );
}

/** Adds what the console's message composer asks, behind the console's gate. */
export function addMessageRoutes(server: HttpServer, deps: RouteDeps): void {
  addReadRoutes(server, deps);
  addWriteRoutes(server, deps);
  addSignRoutes(server, deps);
}
