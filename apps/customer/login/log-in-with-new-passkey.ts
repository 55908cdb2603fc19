import { err, type Result } from "@mainstay/kernel";
import type { PasskeyOptions, PasskeyRequest, Session } from "@mainstay/wire";
import { request } from "../api/request.ts";
import { deviceName } from "./device-name.ts";
import { outcomeOf, refused, type LoginFailure } from "./outcome.ts";
import { makePasskey } from "./passkey.ts";

/**
 * Logs in by making a passkey here: what a registration and a recovery end in. `begin` asks what the passkey
 * is to be made from, `path` takes it.
 */
export async function logInWithNewPasskey(ways: {
  readonly begin: { readonly path: string; readonly body?: unknown };
  readonly path: string;
}): Promise<Result<Session, LoginFailure>> {
  const { path, ...ask } = ways.begin;
  const offered = await request<PasskeyOptions>(path, { method: "POST", ...ask });
  if (!offered.ok) return err(refused(offered.error));
  const made = await makePasskey(offered.value.options);
  if (!made.ok) return err({ by: "passkey", reason: made.error });
  const body: PasskeyRequest = {
    challengeId: offered.value.id,
    credential: made.value,
    deviceName: deviceName(navigator.userAgent),
  };
  return outcomeOf(await request<Session>(ways.path, { method: "POST", body }));
}
