import Type from "typebox";
import { asId } from "@mainstay/kernel";
import { problem, unwrap, type HttpServer } from "@mainstay/platform";
import {
  IdSchema,
  PasskeyOptionsSchema,
  PasskeyRequestSchema,
  RegistrationPutSchema,
  RegistrationSchema,
  SessionSchema,
  type Registration,
} from "@mainstay/wire";
import { identity_problems } from "../errors.ts";
import { answers, NoBody, handOverLogin, originOf, type RouteParts } from "../routes-common.ts";
import type { StoredRegistration } from "../types.ts";
import { completeRegistration, offerFirstPasskey } from "./complete.ts";
import { answer, check, readRegistration } from "./service.ts";

const Params = Type.Object({ id: IdSchema("reg") });
const tags = ["opening an account"];

function view(registration: StoredRegistration): Registration {
  const { id, state, createdAt } = registration;
  return { id, state, answers: registration.answers, createdAt: createdAt.toISOString() };
}

/** Adds the routes of opening an account: one question a screen, the identity check, the passkey. */
export function addRegistrationRoutes(server: HttpServer, parts: RouteParts): void {
  const { deps, authenticator } = parts;
  server.get(
    "/api/registrations/:id",
    {
      onRequest: authenticator.requireDevice,
      schema: { tags, summary: "The answers so far", params: Params, response: answers(RegistrationSchema) },
    },
    async (request) => {
      const { thumbprint } = authenticator.deviceOf(request);
      const registration = await readRegistration(deps, request.params.id, thumbprint);
      if (registration === null) throw problem(identity_problems, "not_found");
      return view(registration);
    },
  );
  server.put(
    "/api/registrations/:id",
    {
      onRequest: authenticator.requireDevice,
      schema: {
        tags,
        summary: "Keep answers; the first ones begin the registration",
        params: Params,
        body: RegistrationPutSchema,
        response: answers(RegistrationSchema),
      },
    },
    async (request) => {
      const { thumbprint } = authenticator.deviceOf(request);
      const id = asId("reg", request.params.id);
      const result = await answer(deps, { id, thumbprint, answers: request.body.answers });
      if (result.ok) return view(result.value);
      const errors = "faults" in result.error ? { errors: result.error.faults } : {};
      throw problem(identity_problems, result.error.code, errors);
    },
  );
  server.post(
    "/api/registrations/:id/check",
    {
      onRequest: authenticator.requireDevice,
      schema: {
        tags,
        summary: "Check who this is; answers `checking` when that takes longer than a few seconds",
        params: Params,
        body: NoBody,
        response: answers(RegistrationSchema),
      },
    },
    async (request) => {
      const { thumbprint } = authenticator.deviceOf(request);
      return view(unwrap(await check(deps, request.params.id, thumbprint), identity_problems));
    },
  );
  addLastStepRoutes(server, parts);
}

function addLastStepRoutes(server: HttpServer, parts: RouteParts): void {
  const { deps, authenticator, signals } = parts;
  server.post(
    "/api/registrations/:id/passkey/options",
    {
      onRequest: authenticator.requireDevice,
      schema: {
        tags,
        summary: "Begin the passkey that the account will be opened with",
        params: Params,
        body: NoBody,
        response: answers(PasskeyOptionsSchema),
      },
    },
    async (request) => {
      const { thumbprint } = authenticator.deviceOf(request);
      const from = { ...originOf(request, thumbprint), activation: signals.begins(request) };
      const offer = unwrap(await offerFirstPasskey(deps, request.params.id, from), identity_problems);
      signals.wake();
      return offer;
    },
  );
  server.post(
    "/api/registrations/:id/passkey",
    {
      // Not before the body is there: a refused proof is told of as part of the log-in that the body names.
      preValidation: authenticator.requireDevice,
      onError: signals.refusals("registration"),
      schema: {
        tags,
        summary: "Finish: passkey, account and session",
        params: Params,
        body: PasskeyRequestSchema,
        response: answers(SessionSchema),
      },
    },
    async (request, reply) => {
      const { thumbprint } = authenticator.deviceOf(request);
      const command = { id: request.params.id, thumbprint, request: request.body };
      return handOverLogin(
        parts,
        reply,
        unwrap(await completeRegistration(deps, command), identity_problems),
      );
    },
  );
}
