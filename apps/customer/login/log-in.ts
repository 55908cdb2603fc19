import { err, type Result } from "@mainstay/kernel";
import type { LoginChallenge, LoginRequest, Session } from "@mainstay/wire";
import type { Failure } from "../api/failure.ts";
import { request } from "../api/request.ts";
import { bootHandle } from "../browser.ts";
import { deviceName } from "./device-name.ts";
import { touchPasskey, type PasskeyFailure } from "./passkey.ts";
import { login_protocol, refusesThisClient } from "./protocol.ts";

/** Why nobody is logged in now. */
export type LoginFailure =
  | { readonly by: "passkey"; readonly reason: PasskeyFailure }
  | { readonly by: "bank"; readonly failure: Failure };

function refused(failure: Failure): LoginFailure {
  // A version that the bank turns away says so to the boot layer, which starts one that works.
  if (refusesThisClient(failure.code)) bootHandle().refused?.(failure.code);
  return { by: "bank", failure };
}

/**
 * Logs in by `login/1`: a challenge, one touch of the passkey, and a session bound to this installation's
 * key.
 */
export async function logIn(): Promise<Result<Session, LoginFailure>> {
  const challenge = await request<LoginChallenge>("/api/login/challenges", {
    method: "POST",
    body: { protocol: login_protocol },
  });
  if (!challenge.ok) return err(refused(challenge.error));
  const touched = await touchPasskey(challenge.value.options);
  if (!touched.ok) return err({ by: "passkey", reason: touched.error });
  const { activation } = bootHandle();
  const body: LoginRequest = {
    protocol: login_protocol,
    challengeId: challenge.value.id,
    credential: touched.value,
    deviceName: deviceName(navigator.userAgent),
    ...(activation === null ? {} : { activation }),
  };
  const answer = await request<Session>("/api/login", { method: "POST", body });
  return answer.ok ? answer : err(refused(answer.error));
}
