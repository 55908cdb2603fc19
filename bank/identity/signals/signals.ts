import type { FastifyReply, FastifyRequest } from "fastify";
import { createBoundedMap, newId } from "@mainstay/kernel";
import { ProblemError } from "@mainstay/platform";
import type { Activation } from "@mainstay/wire";
import type { IdentityDeps } from "../deps.ts";
import { findChallenge } from "../login/store.ts";
import { activationOf } from "./activation.ts";
import { startDelivery, type Delivery, type DeliveryCounts } from "./delivery.ts";
import {
  attempts_per_window_max,
  attempts_window_ms,
  installations_counted_max,
  signalOf,
  type Attempt,
  type LoginWay,
} from "./rules.ts";
import { countWaiting, insertSignal } from "./store.ts";

/** A hook for a route's `onError`. */
type ErrorHook = (request: FastifyRequest, reply: FastifyReply, error: Error) => Promise<void>;

/** What tells release control of log-ins. */
export type Signals = {
  /**
   * The activation under which a log-in begins, if it is to be told of: null without one, and beyond so many
   * log-ins of one installation.
   */
  readonly begins: (request: FastifyRequest) => Activation | null;
  /** Tells of what a route of this way of logging in refuses, unless the log-in itself has told of it. */
  readonly refusals: (way: LoginWay) => ErrorHook;
  /** Says that a refusal is told of already, in the log-in's own transaction. */
  readonly isTold: (error: Error) => void;
  /** A log-in was committed: what it wrote is delivered at once. */
  readonly wake: () => void;
  readonly counts: () => Promise<DeliveryCounts & { readonly waiting: number; readonly limited: number }>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** Codes that end nothing: the client asks again by itself. */
const unfinished_codes: ReadonlySet<string> = new Set(["use_dpop_nonce"]);
/** A challenge that was answered before has its outcome; answering it again adds none. */
const answered_codes: ReadonlySet<string> = new Set(["login_challenge_expired", "passkey_challenge_expired"]);

/** The code by which a request was refused; null for what is no refusal: our own faults, and nonces. */
function reasonOf(error: Error): string | null {
  if (error instanceof ProblemError) {
    return error.spec.status >= 500 || unfinished_codes.has(error.code) ? null : error.code;
  }
  const status = "statusCode" in error ? Number(error.statusCode) : 500;
  return "validation" in error || (status >= 400 && status < 500) ? "bad_request" : null;
}

function challengeNamedIn(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("challengeId" in body)) return null;
  const { challengeId } = body;
  return typeof challengeId === "string" && challengeId.length <= 40 ? challengeId : null;
}

function protocolNamedIn(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("protocol" in body)) return null;
  const { protocol } = body;
  return typeof protocol === "string" ? protocol.slice(0, 20) : null;
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

/** Makes what tells release control of log-ins; nothing is delivered before `start`. */
export function createSignals(deps: IdentityDeps): Signals {
  const { database, clock, log } = deps;
  const sql = database.sql;
  const isWithin = createLimit(deps);
  const told = new WeakSet<Error>();
  let delivery: Delivery | null = null;
  let limited = 0;

  function begins(request: FastifyRequest): Activation | null {
    const activation = activationOf(request);
    if (activation === null || isWithin(activation.installation)) return activation;
    limited += 1;
    return null;
  }

  /** The attempt that a refused request was part of: the challenge's, where this installation began it. */
  async function attemptOf(request: FastifyRequest, reason: string, way: LoginWay): Promise<Attempt | null> {
    const activation = activationOf(request);
    if (activation === null) return null;
    const named = challengeNamedIn(request.body);
    const challenge = named === null ? null : await findChallenge(sql, named);
    if (challenge?.activation && challenge.activation.installation === activation.installation) {
      if (challenge.isUsed && answered_codes.has(reason)) return null;
      const { id, protocol, createdAt } = challenge;
      return { id, activation: challenge.activation, way, protocol, begunAt: createdAt };
    }
    const isCounted = begins(request) !== null;
    const protocol = protocolNamedIn(request.body);
    const id = newId("lga", deps);
    return isCounted ? { id, activation, way, protocol, begunAt: clock.now() } : null;
  }

  const wake = () => delivery?.wake();
  return {
    begins,
    refusals: (way) => async (request, _reply, error) => {
      const reason = reasonOf(error);
      if (reason === null || told.has(error)) return;
      try {
        const attempt = await attemptOf(request, reason, way);
        if (attempt === null) return;
        const happening = { kind: "login-failed", customer: null, reason } as const;
        await insertSignal(sql, signalOf(attempt, happening, clock.now()));
        wake();
      } catch (fault) {
        // The client is answered all the same; a log-in that was begun is silent then, which says enough.
        log.warn({ error: fault }, "a refused log-in could not be told of");
      }
    },
    isTold: (error) => {
      told.add(error);
    },
    wake,
    counts: async () => ({
      ...(delivery?.counts() ?? { delivered: 0, refused: 0, dropped: 0 }),
      waiting: await countWaiting(database),
      limited,
    }),
    start: () => {
      delivery ??= startDelivery(deps);
    },
    stop: async () => {
      await delivery?.stop();
    },
  };
}
