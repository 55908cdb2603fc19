import type { SpokenProtocol } from "./protocol.ts";

/** `login/1`: the passkey signs the server's challenge as it stands; proofs carry the newest nonce. */
export const login1: SpokenProtocol = {
  name: "login/1",
  challengeOf: async (challenge) => challenge.options.challenge,
  nonceOf: () => undefined,
};
