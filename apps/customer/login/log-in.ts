import { err, type Result } from "@mainstay/kernel";
import type { LoginChallenge, LoginRequest, Session } from "@mainstay/wire";
import type { Failure } from "../api/failure.ts";
import { request } from "../api/request.ts";
import { bootHandle } from "../browser.ts";
import { deviceKey } from "./device-key.ts";
import { deviceName } from "./device-name.ts";
import { touchPasskey, type PasskeyFailure } from "./passkey.ts";
import { protocol, refusesThisClient } from "./protocol.ts";

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
 * Logs in by the protocol that this version speaks: a challenge, one touch of the passkey, and a session
 * bound to this installation's key.
 */
export async function logIn(): Promise<Result<Session, LoginFailure>> {
  const asked = await request<LoginChallenge>("/api/login/challenges", {
    method: "POST",
    body: { protocol: protocol.name },
  });
  if (!asked.ok) return err(refused(asked.error));
  const challenge = await protocol.challengeOf(asked.value, (await deviceKey()).jwk);
  const touched = await touchPasskey({ ...asked.value.options, challenge });
  if (!touched.ok) return err({ by: "passkey", reason: touched.error });
  const body: LoginRequest = {
    protocol: protocol.name,
    challengeId: asked.value.id,
    credential: touched.value,
    deviceName: deviceName(navigator.userAgent),
  };
  const nonce = protocol.nonceOf(asked.value);
  const answer = await request<Session>("/api/login", {
    method: "POST",
    body,
    ...(nonce === undefined ? {} : { nonce }),
  });
  return answer.ok ? answer : err(refused(answer.error));
}
