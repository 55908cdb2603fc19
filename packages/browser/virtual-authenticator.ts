import type { Page } from "playwright-core";

/** A passkey as the authenticator holds it (Chrome DevTools Protocol, WebAuthn.Credential). */
export type VirtualPasskey = {
  readonly credentialId: string;
  readonly rpId?: string;
  readonly privateKey: string;
  readonly userHandle?: string;
  readonly signCount: number;
  readonly isResidentCredential: boolean;
};

/** A phone's own authenticator, as software: it holds passkeys and agrees to whatever is asked. */
export type VirtualAuthenticator = {
  /** With false, the person doesn't prove who they are: the browser answers NotAllowedError. */
  readonly setUserVerified: (isVerified: boolean) => Promise<void>;
  readonly passkeys: () => Promise<readonly VirtualPasskey[]>;
  /** Replaces what it holds, as a provider does that synchronises: counts of use go on from these. */
  readonly synchronise: (passkeys: readonly VirtualPasskey[]) => Promise<void>;
  readonly remove: () => Promise<void>;
};

/**
 * Gives a page an authenticator (ctap2, internal, resident keys, user verification). It belongs to this page:
 * another page gets its passkeys by `passkeys`, as if a provider had synchronised them.
 */
export async function addVirtualAuthenticator(
  page: Page,
  options: { readonly passkeys?: readonly VirtualPasskey[] } = {},
): Promise<VirtualAuthenticator> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const add = async (passkeys: readonly VirtualPasskey[]): Promise<void> => {
    for (const credential of passkeys) {
      await session.send("WebAuthn.addCredential", { authenticatorId, credential: { ...credential } });
    }
  };
  await add(options.passkeys ?? []);
  return {
    setUserVerified: async (isUserVerified) => {
      await session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
    },
    passkeys: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    synchronise: async (passkeys) => {
      await session.send("WebAuthn.clearCredentials", { authenticatorId });
      await add(passkeys);
    },
    remove: async () => {
      await session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
      await session.detach();
    },
  };
}
