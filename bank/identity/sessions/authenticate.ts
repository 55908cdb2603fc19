import type { FastifyReply, FastifyRequest } from "fastify";
import { present } from "@mainstay/kernel";
import { platform_problems, problem, ProblemError } from "@mainstay/platform";
import type { DeviceKeyJwk, ProofVerifier, RefusedProof } from "@mainstay/webauthn";
import { dpop_nonce_header } from "@mainstay/wire";
import type { IdentityDeps } from "../deps.ts";
import { identity_problems } from "../errors.ts";
import { isChallengeNonce } from "../login/protocols/nonce.ts";
import type { Principal, Sees } from "../types.ts";
import type { Activity } from "./activity.ts";
import { sessionTokenOf, shownTokenOf } from "./cookie.ts";
import { hashToken, type LiveSession, type SessionLookup } from "./lookup.ts";
import { seesOf } from "./rules.ts";

/** The device that a request without a session comes from. */
export type ProvenDevice = {
  readonly thumbprint: string;
  readonly jwk: DeviceKeyJwk;
  /** The challenge's nonce that its proof carried; null is the server's usual one. */
  readonly challengeNonce: string | null;
};

/** What a route asks of a session. */
export type SessionDemand = {
  /** `full` refuses a session that was idle for five minutes; `balance` lets it in. */
  readonly sees: Sees;
  /**
   * Whether the request shows that the customer is there; what the app asks by itself in the background
   * doesn't.
   */
  readonly counts?: boolean;
};

/** A hook for a route's `onRequest`: it runs before the body is read. */
export type RequestHook = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** Lets requests in. The hooks throw the problem that the client is to read. */
export type Authenticator = {
  /**
   * Asks for a session whose device proves itself for this very request; one that sees everything unless said
   * otherwise.
   */
  readonly requireSession: (demand?: SessionDemand) => RequestHook;
  /** Asks for a device that proves itself, with or without a session. */
  readonly requireDevice: RequestHook;
  /**
   * The same for the answer to a log-in's challenge: a proof under a challenge's own nonce is let in, and the
   * log-in checks the nonce.
   */
  readonly requireAnsweringDevice: RequestHook;
  /** Who the request comes from, after `requireSession`. */
  readonly principalOf: (request: FastifyRequest) => Principal;
  /** Which device the request comes from, after `requireDevice`. */
  readonly deviceOf: (request: FastifyRequest) => ProvenDevice;
};

function refuse(refused: RefusedProof, reply: FastifyReply): ProblemError {
  switch (refused.reason) {
    case "nonce_wrong":
      void reply.header(dpop_nonce_header, refused.nonce);
      void reply.header("www-authenticate", 'DPoP error="use_dpop_nonce"');
      return problem(identity_problems, "use_dpop_nonce");
    case "replayed":
      return problem(identity_problems, "proof_replayed");
    case "busy":
      return new ProblemError("busy", platform_problems.busy, { retryAfterSeconds: 60 });
    case "key_unexpected":
      // A cookie on a device that it wasn't given to: for whoever holds it there is no session.
      return problem(identity_problems, "session_required");
    default:
      return problem(identity_problems, "client_proof_invalid");
  }
}

function pathOf(url: string): string {
  const end = url.indexOf("?");
  return end < 0 ? url : url.slice(0, end);
}

/** Verifies the proof of a request, or throws why it is refused. */
function prove(
  proofs: ProofVerifier,
  request: FastifyRequest,
  reply: FastifyReply,
  from: {
    readonly session?: LiveSession;
    /** Where the session's token was shown, and not kept by the browser: the proof must name it. */
    readonly tokenHash?: string;
    readonly isOwnNonce?: (nonce: string) => boolean;
  },
): ProvenDevice {
  const { session, ...demands } = from;
  const proof = request.headers["dpop"];
  if (typeof proof !== "string") throw problem(identity_problems, "client_proof_invalid");
  const verified = proofs.verify({
    proof,
    method: request.method,
    path: pathOf(request.url),
    session: session?.id ?? "",
    ...(session === undefined ? {} : { thumbprint: session.thumbprint }),
    ...demands,
  });
  if (!verified.ok) throw refuse(verified.error, reply);
  if (verified.value.nextNonce !== null) void reply.header(dpop_nonce_header, verified.value.nextNonce);
  const { thumbprint, jwk, ownNonce } = verified.value;
  return { thumbprint, jwk, challengeNonce: ownNonce };
}

/**
 * Makes what lets requests in: the session's cookie, and a proof by the device's key for this very request.
 */
export function createAuthenticator(
  deps: IdentityDeps,
  parts: { readonly proofs: ProofVerifier; readonly sessions: SessionLookup; readonly activity: Activity },
): Authenticator {
  const { proofs, sessions, activity } = parts;
  const principals = new WeakMap<FastifyRequest, Principal>();
  const devices = new WeakMap<FastifyRequest, ProvenDevice>();

  async function authenticate(
    request: FastifyRequest,
    reply: FastifyReply,
    demand: SessionDemand,
  ): Promise<Principal> {
    const shown = shownTokenOf(request.headers.authorization);
    const token = shown ?? sessionTokenOf(request.headers.cookie);
    if (token === null) throw problem(identity_problems, "session_required");
    const now = deps.clock.now();
    const tokenHash = hashToken(token);
    const session = sessions.peek(tokenHash, now) ?? (await sessions.find(tokenHash, now));
    if (session === null) throw problem(identity_problems, "session_required");
    prove(proofs, request, reply, { session, ...(shown === null ? {} : { tokenHash }) });
    const sees = seesOf(session, now);
    if (sees === "balance" && demand.sees === "full") throw problem(identity_problems, "passkey_needed");
    // Once reduced, a session stays so: activity no longer counts until the passkey has been touched.
    if (sees === "full" && demand.counts !== false) {
      session.activeAt = now;
      activity.touchSession(session.id, now);
    }
    const { personId, id, deviceId, thumbprint } = session;
    return { personId, sessionId: id, deviceId, thumbprint, sees };
  }

  return {
    requireSession: (demand = { sees: "full" }) => {
      return async (request, reply) => {
        principals.set(request, await authenticate(request, reply, demand));
      };
    },
    requireDevice: async (request, reply) => {
      devices.set(request, prove(proofs, request, reply, {}));
    },
    requireAnsweringDevice: async (request, reply) => {
      devices.set(request, prove(proofs, request, reply, { isOwnNonce: isChallengeNonce }));
    },
    principalOf: (request) => present(principals.get(request), "a principal: the route lacks requireSession"),
    deviceOf: (request) => present(devices.get(request), "a device: the route lacks requireDevice"),
  };
}
