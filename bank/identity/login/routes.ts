import type { HttpServer } from "@mainstay/platform";
import {
  LoginChallengeRequestSchema,
  LoginChallengeSchema,
  LoginRequestSchema,
  SessionSchema,
} from "@mainstay/wire";
import { answers, handOver, originOf, refusal, type RouteParts } from "../routes-common.ts";
import { beginLogin, finishLogin } from "./service.ts";

const tags = ["logging in"];

/** Adds the two steps of a log-in, which also give a reduced session its full sight back. */
export function addLoginRoutes(server: HttpServer, parts: RouteParts): void {
  const { deps, authenticator } = parts;
  server.post(
    "/api/login/challenges",
    {
      onRequest: authenticator.requireDevice,
      schema: {
        tags,
        summary: "Begin a log-in: what the passkey is to sign",
        body: LoginChallengeRequestSchema,
        response: answers(LoginChallengeSchema),
      },
    },
    async (request) => {
      const { thumbprint } = authenticator.deviceOf(request);
      const begun = await beginLogin(deps, request.body.protocol, originOf(request, thumbprint));
      if (!begun.ok) throw refusal(begun.error);
      return begun.value;
    },
  );
  server.post(
    "/api/login",
    {
      onRequest: authenticator.requireDevice,
      schema: {
        tags,
        summary: "Finish a log-in: opens a session on this device",
        body: LoginRequestSchema,
        response: answers(SessionSchema),
      },
    },
    async (request, reply) => {
      const { thumbprint } = authenticator.deviceOf(request);
      const finished = await finishLogin(deps, request.body, originOf(request, thumbprint));
      if (!finished.ok) throw refusal(finished.error);
      return handOver(parts, reply, finished.value);
    },
  );
}
