import type { Clock, Id, Random } from "@mainstay/kernel";
import type { Database, Logger } from "@mainstay/platform";
import type { RelyingParty } from "@mainstay/webauthn";
import type { Customer, CustomerFound, Signal, Transactions } from "@mainstay/wire";
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

/** What staff see of a customer that later modules know: filled in by apps/bank. */
export type CustomerFactsPort = {
  /**
   * The people who own the account that a text names (account number, with or without its sort code, or
   * IBAN); null where the text names none.
   */
  readonly ownersOf: (text: string) => Promise<readonly string[] | null>;
  /** The numbers of people's accounts. */
  readonly accountNumbersOf: (
    personIds: readonly string[],
  ) => Promise<ReadonlyMap<string, CustomerFound["accounts"]>>;
  /** A person's accounts with balances, and the newest of their feed. */
  readonly moneyOf: (
    personId: Id<"person">,
  ) => Promise<Pick<Customer, "accounts" | "transactions" | "older">>;
  /** An older page of the feed; throws a problem where there is no such account or page. */
  readonly feedOf: (asked: {
    readonly personId: Id<"person">;
    readonly accountId: Id<"acc">;
    readonly before: string;
  }) => Promise<Transactions>;
  /** A person's threads with the bank, newest first. */
  readonly threadsOf: (personId: Id<"person">) => Promise<Customer["threads"]>;
};

/** Where there is identity alone: customers have no accounts and no threads. */
export const no_customer_facts: CustomerFactsPort = {
  ownersOf: async () => [],
  accountNumbersOf: async () => new Map(),
  moneyOf: async () => ({ accounts: [], transactions: [], older: null }),
  feedOf: async () => ({ transactions: [], older: null }),
  threadsOf: async () => [],
};

/** What identity asks of others, filled in by apps/bank. */
export type IdentityPorts = {
  readonly identityCheck: IdentityCheckPort;
  readonly openFirstAccount: OpenFirstAccountPort;
  readonly deliverSignals: DeliverSignalsPort;
  readonly customerFacts: CustomerFactsPort;
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
