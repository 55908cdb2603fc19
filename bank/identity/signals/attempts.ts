import type { FastifyRequest } from "fastify";
import { createBoundedMap, newId } from "@mainstay/kernel";
import type { Activation } from "@mainstay/wire";
import type { IdentityDeps } from "../deps.ts";
import { findChallenge } from "../login/store.ts";
import { activationOf } from "./activation.ts";
import {
  attempts_per_window_max,
  attempts_window_ms,
  installations_counted_max,
  type Attempt,
  type LoginWay,
} from "./rules.ts";

/** Which attempts to log in are told of. */
export type Attempts = {
  /**
   * The activation under which a log-in begins, if it is to be told of: null without one, and beyond so many
   * log-ins of one installation.
   */
  readonly begins: (request: FastifyRequest) => Activation | null;
  /**
   * The attempt that a refused request was part of: its challenge's, where this installation began it, else
   * one of its own. Null where none is to be told of.
   */
  readonly refusedBy: (
    request: FastifyRequest,
    refusal: { readonly reason: string; readonly way: LoginWay },
  ) => Promise<Attempt | null>;
  /** How many beyond the bound nobody was told of, since the process began. */
  readonly limited: () => number;
};

/** A challenge that was answered before has its outcome; answering it again adds none. */
const answered_codes: ReadonlySet<string> = new Set(["login_challenge_expired", "passkey_challenge_expired"]);

/** The id of the credential that a body shows, whatever else is in it; null where it shows none. */
export function credentialIn(body: unknown): string | null {
  const credential =
    typeof body === "object" && body !== null && "credential" in body ? body.credential : null;
  return textIn(credential, "id", 1_400);
}

/** A text of a body that may be anything, cut to a length; null where there is none. */
function textIn(body: unknown, name: string, length_max: number): string | null {
  if (typeof body !== "object" || body === null) return null;
  const value = (body as Readonly<Record<string, unknown>>)[name];
  return typeof value === "string" ? value.slice(0, length_max) : null;
}

/** Counts the attempts of installations; false beyond the bound. */
function createLimit(deps: Pick<IdentityDeps, "clock">) {
  const windows = createBoundedMap<string, { readonly sinceMs: number; attempts: number }>(
    installations_counted_max,
  );
  return (installation: string): boolean => {
    const now = deps.clock.now().getTime();
    const known = windows.get(installation);
    if (known !== undefined && now - known.sinceMs < attempts_window_ms) {
      known.attempts += 1;
      return known.attempts <= attempts_per_window_max;
    }
    windows.set(installation, { sinceMs: now, attempts: 1 });
    return true;
  };
}

/** Makes what decides which attempts are told of. */
export function createAttempts(deps: IdentityDeps): Attempts {
  const { clock } = deps;
  const isWithin = createLimit(deps);
  /** A request counts once, also where it begins a log-in and is refused. */
  const counted = new WeakMap<FastifyRequest, Activation | null>();
  let limited = 0;

  function begins(request: FastifyRequest): Activation | null {
    const known = counted.get(request);
    if (known !== undefined) return known;
    const activation = activationOf(request);
    const isToldOf = activation === null || isWithin(activation.installation);
    if (!isToldOf) limited += 1;
    const begun = isToldOf ? activation : null;
    counted.set(request, begun);
    return begun;
  }

  return {
    begins,
    refusedBy: async (request, { reason, way }) => {
      const activation = activationOf(request);
      if (activation === null) return null;
      const named = textIn(request.body, "challengeId", 40);
      const challenge = named === null ? null : await findChallenge(deps.database.sql, named);
      if (challenge?.activation && challenge.activation.installation === activation.installation) {
        if (challenge.isUsed && answered_codes.has(reason)) return null;
        const { id, protocol, createdAt } = challenge;
        return { id, activation: challenge.activation, way, protocol, begunAt: createdAt };
      }
      if (begins(request) === null) return null;
      const protocol = textIn(request.body, "protocol", 20);
      return { id: newId("lga", deps), activation, way, protocol, begunAt: clock.now() };
    },
    limited: () => limited,
  };
}
