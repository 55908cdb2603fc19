import Type from "typebox";
import { unwrap, type HttpServer } from "@mainstay/platform";
import {
  EmptySchema,
  IdSchema,
  PasskeyOptionsSchema,
  PasskeyRequestSchema,
  PasskeysSchema,
} from "@mainstay/wire";
import { identity_problems } from "../errors.ts";
import { passkeysView } from "../reads.ts";
import { answers, NoBody, type RouteParts } from "../routes-common.ts";
import { addPasskey, dropPasskey, offerAnotherPasskey } from "./service.ts";

const tags = ["passkeys"];
const Params = Type.Object({ id: IdSchema("pk") });

/** Adds the list of passkeys, adding one and removing one. */
export function addPasskeyRoutes(server: HttpServer, parts: RouteParts): void {
  const { deps, authenticator, approvals } = parts;
  server.get(
    "/api/passkeys",
    {
      onRequest: authenticator.requireSession(),
      schema: { tags, summary: "My passkeys", response: answers(PasskeysSchema) },
    },
    async (request) => {
      const { personId } = authenticator.principalOf(request);
      return passkeysView(deps, personId);
    },
  );
  server.post(
    "/api/passkeys/options",
    {
      onRequest: authenticator.requireSession(),
      schema: {
        tags,
        summary: "Begin adding a passkey",
        body: NoBody,
        response: answers(PasskeyOptionsSchema),
      },
    },
    async (request) => {
      const principal = authenticator.principalOf(request);
      return unwrap(await offerAnotherPasskey(deps, principal), identity_problems);
    },
  );
  server.post(
    "/api/passkeys",
    {
      onRequest: authenticator.requireSession(),
      schema: {
        tags,
        summary: "Add the passkey that was made",
        body: PasskeyRequestSchema,
        response: answers(PasskeysSchema),
      },
    },
    async (request) => {
      const principal = authenticator.principalOf(request);
      unwrap(await addPasskey(deps, principal, request.body), identity_problems);
      approvals.forget(principal.personId);
      return passkeysView(deps, principal.personId);
    },
  );
  server.delete(
    "/api/passkeys/:id",
    {
      onRequest: authenticator.requireSession(),
      schema: {
        tags,
        summary: "Remove a passkey, but never the last",
        params: Params,
        response: answers(EmptySchema),
      },
    },
    async (request) => {
      const principal = authenticator.principalOf(request);
      unwrap(await dropPasskey(deps, principal, request.params.id), identity_problems);
      approvals.forget(principal.personId);
      return {};
    },
  );
}
