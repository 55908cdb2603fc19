import type { SpokenProtocol } from "../../../apps/customer/login/protocols/protocol.ts";

/**
 * The mistake of the story: a version that says it speaks `login/2` and has its passkeys sign what `login/1`
 * has them sign. It looks right, builds, starts and shows every screen; nobody can log in with it.
 */
export const login2: SpokenProtocol = {
  name: "login/2",
  challengeOf: async ({ options }) => options.challenge,
  nonceOf: ({ nonce }) => nonce,
};
