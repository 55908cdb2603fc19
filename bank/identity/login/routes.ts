import type { HttpServer } from "@mainstay/platform";
import {
  LoginChallengeRequestSchema,
  LoginChallengeSchema,
  LoginRequestSchema,
  SessionSchema,
} from "@mainstay/wire";
import { answers, handOverLogin, originOf, refuse, type RouteParts } from "../routes-common.ts";
import { beginLogin, finishLogin } from "./service.ts";

const tags = ["logging in"];

/** Adds the two steps of a log-in, which also give a reduced session its full sight back. */
export function addLoginRoutes(server: HttpServer, parts: RouteParts): void {
  const { deps, authenticator, acceptance, signals } = parts;
  server.post(
    "/api/login/challenges",
    {
      onRequest: authenticator.requireDevice,
      onError: signals.refusals("passkey"),
      schema: {
        tags,
        summary: "Begin a log-in: what the passkey is to sign",
        body: LoginChallengeRequestSchema,
        response: answers(LoginChallengeSchema),
      },
    },
    async (request) => {
      const { thumbprint } = authenticator.deviceOf(request);
      const origin = originOf(request, thumbprint);
      const { protocol } = request.body;
      const begun = await beginLogin(deps, acceptance, {
        protocol,
        origin,
        activation: signals.begins(request),
      });
      if (!begun.ok) throw refuse(parts, begun.error);
      signals.wake();
      return begun.value;
    },
  );
  server.post(
    "/api/login",
    {
      // Not before the body is there: a refused proof is told of as part of the log-in that the body names.
      preValidation: authenticator.requireAnsweringDevice,
      onError: signals.refusals("passkey"),
      schema: {
        tags,
        summary: "Finish a log-in: opens a session on this device",
        body: LoginRequestSchema,
        response: answers(SessionSchema),
      },
    },
    async (request, reply) => {
      const { thumbprint, challengeNonce } = authenticator.deviceOf(request);
      const answer = { request: request.body, origin: originOf(request, thumbprint), challengeNonce };
      const finished = await finishLogin(deps, acceptance, answer);
      if (!finished.ok) throw refuse(parts, finished.error);
      return handOverLogin(parts, reply, finished.value);
    },
  );
}
