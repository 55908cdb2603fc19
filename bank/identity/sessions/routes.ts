import Type from "typebox";
import { unwrap, type HttpServer } from "@mainstay/platform";
import { DevicesSchema, EmptySchema, IdSchema, SecuritySummarySchema, SessionSchema } from "@mainstay/wire";
import { identity_problems } from "../errors.ts";
import { devicesView, securityView, sessionView } from "../reads.ts";
import { answers, NoBody, handOver, type RouteParts } from "../routes-common.ts";
import { clearedSessionCookie } from "./cookie.ts";
import { logDeviceOut, logOut, openDemoSession } from "./service.ts";

const tags = ["sessions and devices"];
const DeviceParams = Type.Object({ id: IdSchema("dev") });

/** Adds the session's own routes, the list of devices, and the demo's session. */
export function addSessionRoutes(server: HttpServer, parts: RouteParts): void {
  const { deps, authenticator, sessions } = parts;
  server.get(
    "/api/session",
    {
      onRequest: authenticator.requireSession({ sees: "balance", counts: false }),
      schema: {
        tags,
        summary: "Who is logged in here, and what they may see",
        response: answers(SessionSchema),
      },
    },
    // The app asks this by itself when it comes to the front: it doesn't show that the customer is there.
    async (request) => sessionView(deps, authenticator.principalOf(request)),
  );
  server.post(
    "/api/logout",
    {
      onRequest: authenticator.requireSession({ sees: "balance" }),
      schema: {
        tags,
        summary: "Log out here",
        body: NoBody,
        response: answers(EmptySchema),
      },
    },
    async (request, reply) => {
      const principal = authenticator.principalOf(request);
      sessions.forget(await logOut(deps, principal));
      void reply.header("set-cookie", clearedSessionCookie(deps.config.relyingParty));
      return {};
    },
  );
  server.post(
    "/api/demo/session",
    {
      onRequest: authenticator.requireDevice,
      schema: {
        tags,
        summary: "Look around as the demo customer",
        body: NoBody,
        response: answers(SessionSchema),
      },
    },
    async (request, reply) => {
      const { thumbprint } = authenticator.deviceOf(request);
      return handOver(parts, reply, unwrap(await openDemoSession(deps, thumbprint), identity_problems));
    },
  );
  addDeviceRoutes(server, parts);
}

function addDeviceRoutes(server: HttpServer, parts: RouteParts): void {
  const { deps, authenticator, sessions } = parts;
  server.get(
    "/api/devices",
    {
      onRequest: authenticator.requireSession(),
      schema: { tags, summary: "My devices", response: answers(DevicesSchema) },
    },
    async (request) => devicesView(deps, authenticator.principalOf(request)),
  );
  server.delete(
    "/api/devices/:id",
    {
      onRequest: authenticator.requireSession(),
      schema: { tags, summary: "Log a device out", params: DeviceParams, response: answers(EmptySchema) },
    },
    async (request) => {
      const principal = authenticator.principalOf(request);
      sessions.forget(unwrap(await logDeviceOut(deps, principal, request.params.id), identity_problems));
      return {};
    },
  );
  server.get(
    "/api/security",
    {
      onRequest: authenticator.requireSession(),
      schema: { tags, summary: "What the security screen says", response: answers(SecuritySummarySchema) },
    },
    async (request) => {
      const { personId } = authenticator.principalOf(request);
      return securityView(deps, personId);
    },
  );
}
