import { base64Url } from "../base64url.ts";
import type { PublicJwk } from "../device-key.ts";
import type { SpokenProtocol } from "./protocol.ts";

async function sha256(text: string): Promise<string> {
  return base64Url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** The RFC 7638 thumbprint of the device's key. */
function thumbprintOf({ crv, kty, x, y }: PublicJwk): Promise<string> {
  return sha256(JSON.stringify({ crv, kty, x, y }));
}

/**
 * `login/2`: what the passkey signs names the device key that the session will be bound to, and the proof of
 * the answer carries the challenge's own nonce.
 */
export const login2: SpokenProtocol = {
  name: "login/2",
  challengeOf: async ({ id, options }, deviceKey) =>
    sha256(
      ["mainstay login challenge", "login/2", id, options.challenge, await thumbprintOf(deviceKey)].join(
        "\n",
      ),
    ),
  nonceOf: ({ nonce }) => nonce,
};
