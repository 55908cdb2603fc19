import type { client_refusal_codes } from "@mainstay/wire";
import { login2 } from "./protocols/login-2.ts";
import type { SpokenProtocol } from "./protocols/protocol.ts";

/**
 * The one login protocol that this version of the app speaks: chosen here and nowhere else. The build writes
 * its name into `mainstay.json`, and the manifest declares it.
 */
export const protocol: SpokenProtocol = login2;

/** The refusals that mean "this client, not this customer" (the wire's closed list, exhaustively). */
const client_refusals: Readonly<Record<(typeof client_refusal_codes)[number], true>> = {
  login_protocol_unsupported: true,
  client_version_unsupported: true,
  client_proof_invalid: true,
};

/**
 * Says whether a refusal is of this version of the app: then another version may let the same customer in.
 */
export function refusesThisClient(code: string): boolean {
  return Object.hasOwn(client_refusals, code);
}
