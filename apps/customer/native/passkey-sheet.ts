import type { CreationOptions, RequestOptions } from "@mainstay/wire";
import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from "@simplewebauthn/browser";
import { bootHandle } from "../browser.ts";
import { serverOrigin } from "./server.ts";

/** What shows the system's passkey sheet. It throws what the platform throws. */
export type PasskeySheet = {
  readonly isSupported: () => boolean;
  readonly get: (options: RequestOptions) => Promise<AuthenticationResponseJSON>;
  readonly create: (options: CreationOptions) => Promise<RegistrationResponseJSON>;
};

const browserSheet: PasskeySheet = {
  isSupported: browserSupportsWebAuthn,
  get: (options) => startAuthentication({ optionsJSON: options }),
  create: (options) => startRegistration({ optionsJSON: options }),
};

type Bridge = {
  readonly nativePromise: (plugin: string, method: string, options: object) => Promise<unknown>;
};

/** Capacitor's plugins put the platform's own error name beside the message. */
function named(error: unknown): Error {
  const { name, message, data } = error as { name?: string; message?: string; data?: { name?: string } };
  return Object.assign(new Error(message ?? "the passkey sheet failed"), {
    name: data?.name ?? name ?? "Error",
  });
}

/**
 * The sheet of a native shell: its page's origin is a local one, to which no passkey of the bank's belongs;
 * the plugin asks the system on behalf of the server's (@capgo/capacitor-passkey 8, createCredential and
 * getCredential).
 */
function nativeSheet({ nativePromise }: Bridge): PasskeySheet {
  const ask = async (method: string, publicKey: object): Promise<unknown> => {
    try {
      return await nativePromise("CapacitorPasskey", method, { origin: serverOrigin(), publicKey });
    } catch (error) {
      throw named(error);
    }
  };
  return {
    isSupported: () => true,
    get: async (options) => (await ask("getCredential", options)) as AuthenticationResponseJSON,
    create: async (options) => (await ask("createCredential", options)) as RegistrationResponseJSON,
  };
}

/** The passkey sheet of wherever this page runs. */
export function passkeySheet(): PasskeySheet {
  const bridge = (globalThis as { Capacitor?: Bridge }).Capacitor;
  return bootHandle().shell === null || bridge === undefined ? browserSheet : nativeSheet(bridge);
}
