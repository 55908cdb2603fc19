import type { Clock, Random } from "@mainstay/kernel";
import type { Database, Logger } from "@mainstay/platform";
import type { RelyingParty } from "@mainstay/webauthn";
import type { Signal } from "@mainstay/wire";
import type { IdentityCheckPort, OpenFirstAccountPort } from "./types.ts";

/** What identity is told at start. */
export type IdentityConfig = {
  /** The site that passkeys belong to; its first origin decides whether cookies are Secure. */
  readonly relyingParty: RelyingParty;
  /** Whether visitors may look around as the demo customer. */
  readonly isDemo: boolean;
  /** Ed25519, SPKI PEM: verifies control's word for staff. */
  readonly staffAssertionPublicKey: string;
  /** What release control shows at `/internal`. */
  readonly edgeSecret: string;
};

/**
 * Hands signals of log-ins to release control: settles once they are durable there, with those that it won't
 * have; `unreadable` where it can't make anything of the request. Rejects when control can't be reached.
 */
export type DeliverSignalsPort = (
  signals: readonly Signal[],
  abort: AbortSignal,
) => Promise<
  { readonly refused: readonly { readonly id: string; readonly reason: string }[] } | "unreadable"
>;

/** What identity asks of others, filled in by apps/bank. */
export type IdentityPorts = {
  readonly identityCheck: IdentityCheckPort;
  readonly openFirstAccount: OpenFirstAccountPort;
  readonly deliverSignals: DeliverSignalsPort;
};

/** What identity is made of. */
export type IdentityDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly config: IdentityConfig;
  readonly ports: IdentityPorts;
};

/** Random bytes in base64url: tokens, challenges, handles. */
export function randomText(random: Random, bytes: number): string {
  return Buffer.from(random.bytes(bytes)).toString("base64url");
}
