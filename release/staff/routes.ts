import type { FastifyReply } from "fastify";
import Type from "typebox";
import { unwrap, type HttpServer } from "@mainstay/platform";
import {
  AuditSchema,
  EmptySchema,
  IdSchema,
  InvitationLookSchema,
  InvitationSchema,
  LoginChallengeSchema,
  PasskeyOptionsSchema,
  StaffInvitedSchema,
  StaffInviteSchema,
  StaffJoinSchema,
  StaffLoginSchema,
  StaffPasskeySchema,
  StaffPatchSchema,
  StaffPeopleSchema,
  StaffSessionSchema,
  type Invitation,
  type StaffSession,
} from "@mainstay/wire";
import { staff_problems } from "./errors.ts";
import type { ConsoleGate } from "./gate.ts";
import type { StaffService } from "./service.ts";
import type { ConsoleSession, OpenedSession, StaffInvitation } from "./types.ts";

function sessionToJson({ staff, expiresAt }: ConsoleSession): StaffSession {
  const { id, name, roles } = staff;
  return { staff: { id, name, roles: [...roles] }, expiresAt: expiresAt.toISOString() };
}

function invitationToJson({ id, name, roles, expiresAt }: StaffInvitation): Invitation {
  return { id, name, roles: [...roles], expiresAt: expiresAt.toISOString() };
}

/** Adds joining, logging in and out: what can be asked before anyone is known. */
function addLoginRoutes(server: HttpServer, service: StaffService, gate: ConsoleGate): void {
  const answerOpened = (reply: FastifyReply, opened: OpenedSession) => {
    gate.setCookie(reply, opened.token);
    return sessionToJson(opened.session);
  };
  server.post(
    "/api/staff/invitations/look",
    { schema: { body: InvitationLookSchema, response: { 200: InvitationSchema } } },
    async ({ body }) => invitationToJson(unwrap(await service.lookAtInvitation(body.token), staff_problems)),
  );
  server.post(
    "/api/staff/passkey/options",
    { schema: { body: StaffJoinSchema, response: { 200: PasskeyOptionsSchema } } },
    async ({ body }) => {
      const begun = unwrap(await service.beginJoining(body.token, body.name), staff_problems);
      return { ...begun, expiresAt: begun.expiresAt.toISOString() };
    },
  );
  server.post(
    "/api/staff/passkey",
    { schema: { body: StaffPasskeySchema, response: { 200: StaffSessionSchema } } },
    async ({ body }, reply) =>
      answerOpened(reply, unwrap(await service.finishJoining(body.id, body.credential), staff_problems)),
  );
  server.post(
    "/api/staff/login/challenges",
    { schema: { body: EmptySchema, response: { 200: LoginChallengeSchema } } },
    async () => {
      const { id, options, expiresAt } = await service.beginLogin();
      return { id, options, expiresAt: expiresAt.toISOString() };
    },
  );
  server.post(
    "/api/staff/login",
    { schema: { body: StaffLoginSchema, response: { 200: StaffSessionSchema } } },
    async ({ body }, reply) =>
      answerOpened(
        reply,
        unwrap(await service.finishLogin(body.challengeId, body.credential), staff_problems),
      ),
  );
  server.get("/api/staff/session", { schema: { response: { 200: StaffSessionSchema } } }, async (request) =>
    sessionToJson(await gate.require(request)),
  );
  server.post(
    "/api/staff/logout",
    { schema: { body: EmptySchema, response: { 200: EmptySchema } } },
    async (request, reply) => {
      await service.logOut(await gate.require(request));
      gate.clearCookie(reply);
      return {};
    },
  );
}

/** Adds who is staff, and the audit. */
function addPeopleRoutes(server: HttpServer, service: StaffService, gate: ConsoleGate): void {
  server.get("/api/staff/people", { schema: { response: { 200: StaffPeopleSchema } } }, async (request) => {
    await gate.require(request, ["admin", "auditor"]);
    return service.people();
  });
  server.post(
    "/api/staff/invitations",
    { schema: { body: StaffInviteSchema, response: { 200: StaffInvitedSchema } } },
    async (request) => {
      const { staff } = await gate.require(request, ["admin"]);
      const { invitation, url } = unwrap(await service.invite(staff, request.body), staff_problems);
      return { invitation: invitationToJson(invitation), url };
    },
  );
  const InvitationParams = Type.Object({ id: IdSchema("inv") });
  server.delete(
    "/api/staff/invitations/:id",
    { schema: { params: InvitationParams, response: { 200: EmptySchema } } },
    async (request) => {
      const { staff } = await gate.require(request, ["admin"]);
      unwrap(await service.withdraw(staff, request.params.id), staff_problems);
      return {};
    },
  );
  const PersonParams = Type.Object({ id: IdSchema("staff") });
  server.patch(
    "/api/staff/people/:id",
    { schema: { params: PersonParams, body: StaffPatchSchema, response: { 200: EmptySchema } } },
    async (request) => {
      const { staff } = await gate.require(request, ["admin"]);
      const { id } = request.params;
      const { roles, ended } = request.body;
      if (roles !== undefined) unwrap(await service.setRoles(staff, id, roles), staff_problems);
      if (ended === true) unwrap(await service.endAccess(staff, id), staff_problems);
      return {};
    },
  );
  const AuditQuery = Type.Object(
    { before: Type.Optional(Type.Integer({ minimum: 1 })) },
    { additionalProperties: false },
  );
  server.get(
    "/api/staff/audit",
    { schema: { querystring: AuditQuery, response: { 200: AuditSchema } } },
    async (request) => {
      await gate.require(request, ["admin", "auditor"]);
      return service.audit(request.query.before);
    },
  );
}

/** Adds every route of staff to the console's server. */
export function addStaffRoutes(server: HttpServer, service: StaffService, gate: ConsoleGate): void {
  addLoginRoutes(server, service, gate);
  addPeopleRoutes(server, service, gate);
}
