import type { FastifyReply, FastifyRequest } from "fastify";
import Type from "typebox";
import { problem } from "@mainstay/platform";
import {
  customer_header,
  dpop_nonce_header,
  EmptySchema,
  isShellOrigin,
  ProblemSchema,
  session_token_header,
  type Session,
} from "@mainstay/wire";
import type { ProofVerifier } from "@mainstay/webauthn";
import type { IdentityDeps } from "./deps.ts";
import { identity_problems, type IdentityCode } from "./errors.ts";
import type { Approvals } from "./approvals/service.ts";
import type { Acceptance } from "./login/acceptance.ts";
import type { LoginOrigin, LoginRefusal } from "./login/service.ts";
import { openedView } from "./reads.ts";
import type { Authenticator } from "./sessions/authenticate.ts";
import { sessionCookie } from "./sessions/cookie.ts";
import type { SessionLookup } from "./sessions/lookup.ts";
import type { LoggedIn, OpenedSession } from "./sessions/open.ts";
import { activationOf } from "./signals/activation.ts";
import type { Signals } from "./signals/signals.ts";

/** The header in which the edge names the version of the app that this installation was assigned. */
export const app_version_header = "x-mainstay-version";
const app_version_pattern = /^\d{1,9}\.\d{1,9}\.\d{1,9}$/;

/** What identity's routes work with. */
export type RouteParts = {
  readonly deps: IdentityDeps;
  readonly authenticator: Authenticator;
  readonly sessions: SessionLookup;
  readonly proofs: ProofVerifier;
  readonly approvals: Approvals;
  readonly acceptance: Acceptance;
  readonly signals: Signals;
};

/** The answers of a route: its own, and a problem document for whatever goes wrong. */
export function answers<Schema extends Type.TSchema>(schema: Schema) {
  return { 200: schema, "4xx": ProblemSchema, "5xx": ProblemSchema };
}

/** The body of a request that says all by its address: none, or an empty object. */
export const NoBody = Type.Union([EmptySchema, Type.Null()]);

/** Makes the failure of a code that may know when to try again. */
export function refusal(refused: {
  readonly code: IdentityCode;
  readonly retryAfterSeconds?: number | undefined;
}) {
  const { code, retryAfterSeconds } = refused;
  return problem(identity_problems, code, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
}

/** The same for a log-in, which may have told release control of its refusal already. */
export function refuse(parts: RouteParts, refused: LoginRefusal) {
  const error = refusal(refused);
  if (refused.isTold !== true) return error;
  parts.signals.isTold(error);
  parts.signals.wake();
  return error;
}

/**
 * Where a log-in comes from: the device that proved itself, and the version of the app that the edge gave it.
 */
export function originOf(request: FastifyRequest, thumbprint: string): LoginOrigin {
  const version = activationOf(request)?.version ?? request.headers[app_version_header];
  return {
    thumbprint,
    appVersion: typeof version === "string" && app_version_pattern.test(version) ? version : null,
  };
}

/**
 * Hands a session to the device that has just logged in, as `handOver`, and tells the edge by which customer
 * and release control of the log-in.
 */
export function handOverLogin(parts: RouteParts, reply: FastifyReply, opened: LoggedIn): Promise<Session> {
  parts.signals.wake();
  void reply.header(customer_header, opened.customerRef);
  return handOver(parts, reply, opened);
}

/**
 * Hands an opened session to its device: its token, the nonce for its first proof, and what it sees. The
 * token goes into a cookie that no script reads; a native shell, which gets no cookies, keeps it itself.
 */
export async function handOver(
  parts: RouteParts,
  reply: FastifyReply,
  opened: OpenedSession,
): Promise<Session> {
  const { deps, proofs, sessions } = parts;
  sessions.forget(opened.staleIds);
  if (isShellOrigin(reply.request.headers.origin)) void reply.header(session_token_header, opened.token);
  else void reply.header("set-cookie", sessionCookie(deps.config.relyingParty, opened.token));
  void reply.header(dpop_nonce_header, proofs.nonceFor(opened.session.thumbprint, opened.session.id));
  return openedView(deps, opened.session);
}
