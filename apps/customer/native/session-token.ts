import { deleteStored, readStored, store } from "../api/database.ts";
import { bootHandle } from "../browser.ts";

/**
 * The session's token, in a native shell alone: its pages get no cookies of ours. It opens nothing without a
 * proof by this installation's key that names it (RFC 9449 §7.1), and that key can't leave this device.
 */
let token: string | null | undefined;

/** The session's token; null in a browser, and where nobody is logged in. */
export async function sessionToken(): Promise<string | null> {
  if (bootHandle().shell === null) return null;
  if (token === undefined) {
    const kept = await readStored("session-token").catch(() => undefined);
    token = typeof kept === "string" ? kept : null;
  }
  return token;
}

/** Keeps the token that an answer hands over; does nothing where it hands over none. */
export async function keepSessionToken(given: string | null): Promise<void> {
  if (given === null || bootHandle().shell === null) return;
  token = given;
  // A storage that refuses costs the next start a touch of the passkey.
  await store("session-token", given).catch(() => undefined);
}

/** Forgets the token: the session is over. */
export async function forgetSessionToken(): Promise<void> {
  if (bootHandle().shell === null) return;
  token = null;
  await deleteStored("session-token").catch(() => undefined);
}
