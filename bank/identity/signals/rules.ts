import type { Activation, Signal } from "@mainstay/wire";

/**
 * How many log-ins of one installation are told of in a window; what it does beyond that nobody hears of. A
 * person in a hurry taps nine times; only an installation made for it comes near this.
 */
export const attempts_per_window_max = 30;
/** The window's length, in milliseconds. */
export const attempts_window_ms = 10 * 60_000;
/** The most installations whose attempts are counted at once; the one seen least lately is forgotten. */
export const installations_counted_max = 100_000;
/** The most signals that wait for release control; beyond it the oldest are dropped, and counted. */
export const login_signals_max = 1_000_000;

/** How somebody logs in. */
export type LoginWay = NonNullable<Signal["way"]>;

/** A log-in that is told of: the activation is the one under which it was begun. */
export type Attempt = {
  /** The challenge's id, or one of its own where it was refused before there was a challenge. */
  readonly id: string;
  readonly activation: Activation;
  readonly way: LoginWay;
  readonly protocol: string | null;
  readonly begunAt: Date;
};

/** What became of a log-in. */
export type Happening =
  | { readonly kind: "login-begun"; readonly customer: string | null }
  | { readonly kind: "login-succeeded"; readonly customer: string }
  | { readonly kind: "login-failed"; readonly customer: string | null; readonly reason: string };

/**
 * The signal of a log-in's begin or end. Its id follows from the attempt and the kind: told twice, it is the
 * same.
 */
export function signalOf(attempt: Attempt, happening: Happening, at: Date): Signal {
  const { id, activation, way, protocol, begunAt } = attempt;
  const { kind, customer } = happening;
  return {
    id: `${id}/${kind.replace("login-", "")}`,
    kind,
    at: at.toISOString(),
    activation,
    attempt: id,
    begunAt: begunAt.toISOString(),
    way,
    protocol,
    customer,
    reason: kind === "login-failed" ? happening.reason : null,
  };
}
