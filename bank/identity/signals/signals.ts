import type { FastifyReply, FastifyRequest } from "fastify";
import { ProblemError } from "@mainstay/platform";
import type { IdentityDeps } from "../deps.ts";
import { findCustomerOfCredential } from "../passkeys/store.ts";
import { createAttempts, credentialIn, type Attempts } from "./attempts.ts";
import { startDelivery, type Delivery, type DeliveryCounts } from "./delivery.ts";
import { signalOf, type LoginWay } from "./rules.ts";
import { countWaiting, insertSignal } from "./store.ts";

/** A hook for a route's `onError`. */
type ErrorHook = (request: FastifyRequest, reply: FastifyReply, error: Error) => Promise<void>;

/** What tells release control of log-ins. */
export type Signals = Pick<Attempts, "begins"> & {
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

/** The code by which a request was refused; null for what is no refusal: our own faults, and nonces. */
function reasonOf(error: Error): string | null {
  if (error instanceof ProblemError) {
    return error.spec.status >= 500 || unfinished_codes.has(error.code) ? null : error.code;
  }
  const status = "statusCode" in error ? Number(error.statusCode) : 500;
  return "validation" in error || (status >= 400 && status < 500) ? "bad_request" : null;
}

/** Makes what tells release control of log-ins; nothing is delivered before `start`. */
export function createSignals(deps: IdentityDeps): Signals {
  const { database, clock, log } = deps;
  const attempts = createAttempts(deps);
  const told = new WeakSet<Error>();
  let delivery: Delivery | null = null;
  const wake = () => delivery?.wake();

  async function tell(request: FastifyRequest, reason: string, way: LoginWay): Promise<void> {
    const attempt = await attempts.refusedBy(request, { reason, way });
    if (attempt === null) return;
    const credential = credentialIn(request.body);
    const customer = credential === null ? null : await findCustomerOfCredential(database.sql, credential);
    const happening = { kind: "login-failed", customer, reason } as const;
    await insertSignal(database.sql, signalOf(attempt, happening, clock.now()));
    wake();
  }

  return {
    begins: attempts.begins,
    refusals: (way) => async (request, _reply, error) => {
      const reason = reasonOf(error);
      if (reason === null || told.has(error)) return;
      // The client is answered all the same; a log-in that was begun is silent then, which says enough.
      await tell(request, reason, way).catch((fault: unknown) =>
        log.warn({ error: fault }, "a refused log-in could not be told of"),
      );
    },
    isTold: (error) => {
      told.add(error);
    },
    wake,
    counts: async () => ({
      ...(delivery?.counts() ?? { delivered: 0, refused: 0, dropped: 0 }),
      waiting: await countWaiting(database),
      limited: attempts.limited(),
    }),
    start: () => {
      delivery ??= startDelivery(deps);
    },
    stop: async () => {
      await delivery?.stop();
    },
  };
}
