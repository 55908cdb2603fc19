import { err, type Result } from "@mainstay/kernel";
import type { Session } from "@mainstay/wire";
import type { Failure } from "../api/failure.ts";
import { bootHandle } from "../browser.ts";
import type { PasskeyFailure } from "./passkey.ts";
import { refusesThisClient } from "./protocol.ts";

/** Why nobody is logged in now. */
export type LoginFailure =
  | { readonly by: "passkey"; readonly reason: PasskeyFailure }
  | { readonly by: "bank"; readonly failure: Failure };

/**
 * What the bank's refusal means for the log-in. One that is of this version, and not of this customer, is
 * said to the boot layer, which starts a version that works.
 */
export function refused(failure: Failure): LoginFailure {
  if (refusesThisClient(failure.code)) bootHandle().refused(failure.code);
  return { by: "bank", failure };
}

/** The outcome of a log-in by the bank's last answer; the boot layer is told that this very bundle did it. */
export function outcomeOf(answer: Result<Session, Failure>): Result<Session, LoginFailure> {
  if (!answer.ok) return err(refused(answer.error));
  bootHandle().loggedIn();
  return answer;
}
