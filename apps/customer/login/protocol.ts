import type { client_refusal_codes, LoginProtocol } from "@mainstay/wire";

/**
 * The one login protocol that this version of the app speaks. The server accepts a set; the manifest declares
 * this one.
 */
export const login_protocol: LoginProtocol = "login/1";

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
