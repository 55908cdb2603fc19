import { problem, requireSecret, type HttpServer } from "@mainstay/platform";
import {
  AcceptedProtocolsPutSchema,
  AcceptedProtocolsSchema,
  edge_secret_header,
  EmptySchema,
  FailuresLiftedSchema,
  LiftFailuresSchema,
  RefusedVersionsSchema,
} from "@mainstay/wire";
import { identity_problems } from "../errors.ts";
import { answers, type RouteParts } from "../routes-common.ts";
import { changeAccepted, liftVersion, refuseVersions, seeProtocols } from "./acceptance-service.ts";

/** Adds what release control asks of identity. The edge passes nothing on to these addresses. */
export function addInternalRoutes(server: HttpServer, parts: RouteParts): void {
  const { deps, acceptance } = parts;
  const onRequest = requireSecret(edge_secret_header, deps.config.edgeSecret);
  const hide = true;
  server.get(
    "/internal/login-protocols",
    { onRequest, schema: { hide, response: answers(AcceptedProtocolsSchema) } },
    () => seeProtocols(deps, acceptance),
  );
  server.put(
    "/internal/login-protocols",
    {
      onRequest,
      schema: { hide, body: AcceptedProtocolsPutSchema, response: answers(AcceptedProtocolsSchema) },
    },
    async (request) => {
      const changed = await changeAccepted(deps, acceptance, request.body);
      if (changed.ok) return seeProtocols(deps, acceptance);
      const { code, detail } = changed.error;
      throw problem(identity_problems, code, { detail });
    },
  );
  server.post(
    "/internal/lift-failures",
    { onRequest, schema: { hide, body: LiftFailuresSchema, response: answers(FailuresLiftedSchema) } },
    async (request) => ({ lifted: await liftVersion(deps, request.body.version) }),
  );
  server.put(
    "/internal/refused-versions",
    { onRequest, schema: { hide, body: RefusedVersionsSchema, response: answers(EmptySchema) } },
    async (request) => {
      await refuseVersions(deps, acceptance, request.body);
      return {};
    },
  );
}
