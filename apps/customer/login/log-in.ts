import { err, type Result } from "@mainstay/kernel";
import type { LoginChallenge, LoginRequest, Session } from "@mainstay/wire";
import { request } from "../api/request.ts";
import { deviceKey } from "./device-key.ts";
import { deviceName } from "./device-name.ts";
import { outcomeOf, refused, type LoginFailure } from "./outcome.ts";
import { touchPasskey } from "./passkey.ts";
import { protocol } from "./protocol.ts";

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
  return outcomeOf(answer);
}
