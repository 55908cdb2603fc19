import { createHash } from "node:crypto";
import { addMs, err, newId, ok, type Id, type Result } from "@mainstay/kernel";
import { requestOptions, verifyAssertion, type AssertionJson } from "@mainstay/webauthn";
import type { RequestOptions } from "@mainstay/wire";
import { ceremony_ms_max } from "./rules.ts";
import type { StaffDeps } from "./service.ts";
import * as store from "./store.ts";
import type { StaffTables } from "./tables.ts";
import type { StaffMember } from "./types.ts";

/**
 * A signature by a member of staff over a text, with all that proves it: `credential` signs the challenge,
 * which is the SHA-256 of the text and the nonce.
 */
export type Confirmation = {
  readonly personId: string;
  readonly nonce: string;
  readonly publicKey: { readonly algorithm: number; readonly spki: string };
  readonly credential: AssertionJson;
};

/** Lets a member of staff sign a text with their passkey: what touches many takes two such signatures. */
export type Confirmations = {
  /** Options for the browser; what is signed is `text`, and a nonce so that it counts once. */
  readonly begin: (
    staff: StaffMember,
    text: string,
  ) => Promise<{ id: Id<"apc">; options: RequestOptions; expiresAt: Date }>;
  /** Verifies the answer: the same person, the same text, one of their own passkeys, once and in time. */
  readonly finish: (given: {
    readonly staff: StaffMember;
    readonly id: string;
    readonly text: string;
    readonly credential: AssertionJson;
  }) => Promise<Result<Confirmation, "ceremony_over" | "confirmation_refused">>;
};

/** What a passkey is asked to sign for a text: SHA-256 over it and the nonce, in base64url. */
function challengeOf(text: string, nonce: string): string {
  return createHash("sha256").update(`mainstay confirmation 1\n${nonce}\n${text}`).digest("base64url");
}

/**
 * Says whether a kept confirmation is a signature over this text, by its public key: for whoever doubts the
 * record. The counter was compared when it was taken.
 */
export function verifyConfirmation(
  confirmation: Confirmation,
  given: { readonly text: string; readonly relyingParty: StaffDeps["relyingParty"] },
): boolean {
  const { nonce, publicKey, credential } = confirmation;
  const verified = verifyAssertion({
    assertion: credential,
    challenge: challengeOf(given.text, nonce),
    relyingParty: given.relyingParty,
    publicKey: publicKey as Parameters<typeof verifyAssertion>[0]["publicKey"],
    signCount: 0,
  });
  return verified.ok;
}

/** Makes the ceremonies by which staff sign texts, over control's database. */
export function createConfirmations(deps: Omit<StaffDeps, "origin">): Confirmations {
  const { database, clock, random, relyingParty } = deps;
  const db = database.sql.withTables<StaffTables>();
  return {
    begin: async (staff, text) => {
      const now = clock.now();
      await store.sweepCeremonies(db, now);
      const id = newId("apc", deps);
      const nonce = Buffer.from(random.bytes(16)).toString("base64url");
      const challenge = challengeOf(text, nonce);
      const expiresAt = addMs(now, ceremony_ms_max);
      const confirms = { personId: staff.id, nonce };
      await store.insertCeremony(db, id, { challenge, expiresAt, joins: null, confirms });
      return { id, options: requestOptions({ relyingParty, challenge, allow: [] }), expiresAt };
    },
    finish: async ({ staff, id, text, credential }) => {
      const now = clock.now();
      const ceremony = await store.takeCeremony(db, id);
      if (!ceremony?.confirms || ceremony.expiresAt < now) return err("ceremony_over");
      const { nonce, personId } = ceremony.confirms;
      const isSame = personId === staff.id && ceremony.challenge === challengeOf(text, nonce);
      if (!isSame) return err("confirmation_refused");
      return db.transaction().execute(async (trx): Promise<Result<Confirmation, "confirmation_refused">> => {
        const passkey = await store.lockPasskey(trx, credential.id);
        if (!passkey || passkey.owner.id !== staff.id || passkey.owner.endedAt !== null) {
          return err("confirmation_refused");
        }
        const { publicKey, signCount } = passkey;
        const { challenge } = ceremony;
        const verified = verifyAssertion({
          assertion: credential,
          challenge,
          relyingParty,
          publicKey,
          signCount,
        });
        if (!verified.ok) return err("confirmation_refused");
        await store.usePasskey(trx, passkey.credentialId, verified.value.signCount, now);
        return ok({ personId, nonce, publicKey, credential });
      });
    },
  };
}
