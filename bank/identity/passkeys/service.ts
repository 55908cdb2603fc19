import { hash } from "node:crypto";
import { addMs, err, newId, ok, type Result } from "@mainstay/kernel";
import { problem, publish } from "@mainstay/platform";
import { creationOptions, verifyRegistration, type RegisteredPasskey } from "@mainstay/webauthn";
import type { Activation, PasskeyOptions, PasskeyRequest } from "@mainstay/wire";
import { appendAudit } from "../audit/store.ts";
import { randomText, type IdentityDeps } from "../deps.ts";
import { identity_problems } from "../errors.ts";
import { challenge_ms_max } from "../login/rules.ts";
import { insertChallenge, useChallenge, type Challenge } from "../login/store.ts";
import { findPerson } from "../people/store.ts";
import { signalOf } from "../signals/rules.ts";
import { insertSignal } from "../signals/store.ts";
import { inTransaction, type Sql, type Transaction } from "../tables.ts";
import type { PasskeyId, PersonId, Principal } from "../types.ts";
import { findPasskeysOf, insertPasskey, isCredentialKnown, lockPerson, removePasskey } from "./store.ts";

/** The most passkeys that a person may have. */
export const passkeys_per_person_max = 20;

/**
 * WebAuthn's user.id for a person, base64url: the same for all their passkeys, and says nothing about them
 * (§14.6.1).
 */
export function userHandleOf(personId: PersonId): string {
  return hash("sha256", `mainstay user handle ${personId}`, "base64url");
}

/** A log-in that begins with the making of a passkey: at the end of a registration, or of a recovery. */
export type LoginBegin = {
  readonly activation: Activation | null;
  readonly appVersion: string | null;
  readonly customer: string | null;
};

function beginSignal(begun: {
  readonly id: string;
  readonly kind: PasskeyPurpose["kind"];
  readonly login: LoginBegin | undefined;
  readonly now: Date;
}) {
  const { id, kind, login, now } = begun;
  if (kind === "passkey" || !login?.activation) return null;
  const attempt = { id, activation: login.activation, way: kind, protocol: null, begunAt: now };
  return signalOf(attempt, { kind: "login-begun", customer: login.customer }, now);
}

/** What a passkey is being made for. */
export type PasskeyPurpose = {
  readonly kind: "registration" | "passkey" | "recovery";
  /** The registration, person or recovery code. */
  readonly subject: string;
  readonly thumbprint: string;
};

/**
 * Begins a passkey's making: options for the browser, and the challenge that it must answer once and in time.
 */
export async function offerPasskey(
  sql: Sql,
  deps: IdentityDeps,
  wanted: PasskeyPurpose & {
    readonly user: { readonly id: PersonId; readonly email: string; readonly name: string };
    readonly exclude: readonly string[];
    /** Where the passkey ends in a log-in: who begins it, and the customer whom they named. */
    readonly login?: LoginBegin;
  },
): Promise<PasskeyOptions> {
  const { kind, subject, thumbprint, user, exclude, login } = wanted;
  const now = deps.clock.now();
  const [id, challenge] = [newId("pkc", deps), randomText(deps.random, 32)];
  const expiresAt = addMs(now, challenge_ms_max);
  const common = { id, kind, challenge, thumbprint, subject, createdAt: now, expiresAt };
  const activation = login?.activation ?? null;
  const appVersion = login?.appVersion ?? null;
  const row = { ...common, protocol: null, appVersion, nonce: null, activation };
  await insertChallenge(sql, row, beginSignal({ id, kind, login, now }));
  const options = creationOptions({
    relyingParty: deps.config.relyingParty,
    user: { handle: userHandleOf(user.id), name: user.email, displayName: user.name },
    challenge,
    exclude,
  });
  return { id, expiresAt: expiresAt.toISOString(), options };
}

/** A passkey that was verified, and the challenge that it answers. */
export type TakenPasskey = {
  readonly passkey: RegisteredPasskey;
  readonly subject: string;
  readonly challenge: Challenge;
};

/** Tells that a log-in which began with the making of a passkey has succeeded. */
export async function tellPasskeyLogin(
  sql: Transaction,
  challenge: Challenge,
  succeeded: { readonly customer: string; readonly now: Date },
): Promise<void> {
  const { id, kind, activation, createdAt } = challenge;
  if (activation === null || (kind !== "registration" && kind !== "recovery")) return;
  const attempt = { id, activation, way: kind, protocol: null, begunAt: createdAt };
  const happening = { kind: "login-succeeded", customer: succeeded.customer } as const;
  await insertSignal(sql, signalOf(attempt, happening, succeeded.now));
}

/** Why a new passkey isn't taken. */
export type PasskeyRefusal = "passkey_challenge_expired" | "passkey_invalid" | "passkey_exists";

/**
 * Takes what the browser made in answer to `offerPasskey`: uses the challenge up and verifies it; saves
 * nothing yet.
 */
export async function takePasskey(
  sql: Transaction,
  deps: IdentityDeps,
  request: PasskeyRequest,
  purpose: Omit<PasskeyPurpose, "subject"> & { readonly subject?: string },
): Promise<Result<TakenPasskey, PasskeyRefusal>> {
  const challenge = await useChallenge(sql, { id: request.challengeId, ...purpose, now: deps.clock.now() });
  if (challenge === null || challenge.subject === null) return err("passkey_challenge_expired");
  const verified = await verifyRegistration({
    registration: request.credential,
    challenge: challenge.challenge,
    relyingParty: deps.config.relyingParty,
  });
  if (!verified.ok) {
    deps.log.info({ reason: verified.error }, "a new passkey was refused");
    return err("passkey_invalid");
  }
  if (await isCredentialKnown(sql, verified.value.credentialId)) return err("passkey_exists");
  return ok({ passkey: verified.value, subject: challenge.subject, challenge });
}

/** Saves a passkey that `takePasskey` verified, and tells the person's devices of it. */
export async function savePasskey(
  sql: Transaction,
  deps: IdentityDeps,
  made: {
    readonly passkey: RegisteredPasskey;
    readonly personId: PersonId;
    readonly name: string;
    readonly deviceId: string;
    /** What the customer was doing: of the first two they are told by another message. */
    readonly during: "registration" | "recovery" | "security";
  },
): Promise<PasskeyId> {
  const id = newId("pk", deps);
  const now = deps.clock.now();
  const { passkey, personId, name, deviceId, during } = made;
  const isNew = await insertPasskey(sql, { ...passkey, id, personId, name, deviceId, createdAt: now });
  // Taken by somebody else since it was looked up: throwing undoes the transaction.
  if (!isNew) throw problem(identity_problems, "passkey_exists");
  await publish(sql, {
    id: newId("evt", deps),
    kind: "identity.passkey-added",
    subject: personId,
    payload: { passkeyId: id, name, during },
    occurredAt: now,
  });
  return id;
}

/** Begins adding a passkey to the person who is logged in. */
export async function offerAnotherPasskey(
  deps: IdentityDeps,
  principal: Principal,
): Promise<Result<PasskeyOptions, "passkeys_full" | "not_found">> {
  const { sql } = deps.database;
  const person = await findPerson(sql, principal.personId);
  if (person === null) return err("not_found");
  const passkeys = await findPasskeysOf(sql, principal.personId);
  if (passkeys.length >= passkeys_per_person_max) return err("passkeys_full");
  const user = { id: person.id, email: person.email, name: `${person.firstName} ${person.lastName}` };
  const exclude = passkeys.map((passkey) => passkey.credentialId);
  const { thumbprint } = principal;
  return ok(
    await offerPasskey(sql, deps, { kind: "passkey", subject: person.id, thumbprint, user, exclude }),
  );
}

/** Adds the passkey that was made. */
export function addPasskey(
  deps: IdentityDeps,
  principal: Principal,
  request: PasskeyRequest,
): Promise<Result<PasskeyId, PasskeyRefusal | "passkeys_full">> {
  return inTransaction(deps.database, async (sql) => {
    const { personId, deviceId, thumbprint } = principal;
    await lockPerson(sql, personId);
    const taken = await takePasskey(sql, deps, request, { kind: "passkey", subject: personId, thumbprint });
    if (!taken.ok) return taken;
    if ((await findPasskeysOf(sql, personId)).length >= passkeys_per_person_max) return err("passkeys_full");
    const made = { passkey: taken.value.passkey, personId, name: request.deviceName, deviceId };
    const id = await savePasskey(sql, deps, { ...made, during: "security" });
    const entry = { actor: personId, action: "passkey-added", subject: personId, details: { passkeyId: id } };
    await appendAudit(sql, { at: deps.clock.now(), ...entry });
    return ok(id);
  });
}

/** Removes one of the person's passkeys, but never their last: they couldn't get back in. */
export function dropPasskey(
  deps: IdentityDeps,
  principal: Principal,
  id: string,
): Promise<Result<null, "not_found" | "passkey_last">> {
  return inTransaction(deps.database, async (sql) => {
    const { personId } = principal;
    await lockPerson(sql, personId);
    const passkeys = await findPasskeysOf(sql, personId);
    const passkey = passkeys.find((entry) => entry.id === id);
    if (!passkey) return err("not_found");
    if (passkeys.length === 1) return err("passkey_last");
    const now = deps.clock.now();
    await removePasskey(sql, id, now);
    await publish(sql, {
      id: newId("evt", deps),
      kind: "identity.passkey-removed",
      subject: personId,
      payload: { passkeyId: id, name: passkey.name },
      occurredAt: now,
    });
    const entry = {
      actor: personId,
      action: "passkey-removed",
      subject: personId,
      details: { passkeyId: id },
    };
    await appendAudit(sql, { at: now, ...entry });
    return ok(null);
  });
}
