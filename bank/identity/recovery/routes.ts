import { unwrap, type HttpServer } from "@mainstay/platform";
import {
  PasskeyOptionsSchema,
  PasskeyRequestSchema,
  RecoveryCodesSchema,
  RecoveryStartSchema,
  SessionSchema,
} from "@mainstay/wire";
import { identity_problems } from "../errors.ts";
import { answers, NoBody, handOverLogin, originOf, refusal, type RouteParts } from "../routes-common.ts";
import { beginRecovery, finishRecovery, makeRecoveryCodes } from "./service.ts";

const tags = ["recovery"];

/** Adds recovery codes and the way back in with one of them. */
export function addRecoveryRoutes(server: HttpServer, parts: RouteParts): void {
  const { deps, authenticator, approvals, signals } = parts;
  server.post(
    "/api/recovery-codes",
    {
      onRequest: authenticator.requireSession(),
      schema: {
        tags,
        summary: "Ten fresh recovery codes, shown once; the ones before stop working",
        body: NoBody,
        response: answers(RecoveryCodesSchema),
      },
    },
    async (request) => {
      const { personId } = authenticator.principalOf(request);
      return makeRecoveryCodes(deps, personId);
    },
  );
  server.post(
    "/api/recovery",
    {
      onRequest: authenticator.requireDevice,
      onError: signals.refusals("recovery"),
      schema: {
        tags,
        summary: "Begin a recovery: e-mail and one code against the offer of a new passkey",
        body: RecoveryStartSchema,
        response: answers(PasskeyOptionsSchema),
      },
    },
    async (request) => {
      const { thumbprint } = authenticator.deviceOf(request);
      const from = { ...originOf(request, thumbprint), activation: signals.begins(request) };
      const begun = await beginRecovery(deps, request.body, from);
      if (!begun.ok) throw refusal(begun.error);
      signals.wake();
      return begun.value;
    },
  );
  server.post(
    "/api/recovery/passkey",
    {
      // Not before the body is there: a refused proof is told of as part of the log-in that the body names.
      preValidation: authenticator.requireDevice,
      onError: signals.refusals("recovery"),
      schema: {
        tags,
        summary: "Finish a recovery: the new passkey, and a session",
        body: PasskeyRequestSchema,
        response: answers(SessionSchema),
      },
    },
    async (request, reply) => {
      const { thumbprint } = authenticator.deviceOf(request);
      const opened = unwrap(await finishRecovery(deps, request.body, thumbprint), identity_problems);
      approvals.forget(opened.session.personId);
      return handOverLogin(parts, reply, opened);
    },
  );
}
