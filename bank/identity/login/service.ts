import { generateKeyPairSync } from "node:crypto";
import { addMs, err, newId, ok, type Result } from "@mainstay/kernel";
import {
  requestOptions,
  verifyAssertion,
  type AssertionJson,
  type PasskeyPublicKey,
  type VerifiedAssertion,
} from "@mainstay/webauthn";
import type { Activation, LoginChallenge, LoginRequest } from "@mainstay/wire";
import { appendAudit } from "../audit/store.ts";
import { randomText, type IdentityDeps } from "../deps.ts";
import { lockPasskeyByCredential, savePasskeyUse } from "../passkeys/store.ts";
import { userHandleOf } from "../passkeys/service.ts";
import { isProbePerson } from "../probes/rules.ts";
import { openSession, type LoggedIn } from "../sessions/open.ts";
import { signalOf, type Attempt, type Happening } from "../signals/rules.ts";
import { insertSignal } from "../signals/store.ts";
import { inTransaction, type Transaction } from "../tables.ts";
import type { Passkey } from "../types.ts";
import type { Acceptance } from "./acceptance.ts";
import type { DemandedProtocol } from "./protocols/protocol.ts";
import { findProtocol } from "./protocols/registry.ts";
import { blockedUntil, challenge_ms_max } from "./rules.ts";
import {
  clearFailures,
  findFailures,
  insertChallenge,
  insertFailure,
  lockMeans,
  useChallenge,
} from "./store.ts";
import type { Challenge } from "./store.ts";

/** Why a log-in was refused; `retryAfterSeconds` where its means rests. */
export type LoginRefusal = {
  readonly code:
    | "login_protocol_unsupported"
    | "client_version_unsupported"
    | "client_proof_invalid"
    | "login_challenge_expired"
    | "login_failed"
    | "login_blocked";
  readonly retryAfterSeconds?: number;
  /** Whether release control is told of it by the log-in itself, in its transaction. */
  readonly isTold?: boolean;
};

/** Where a log-in comes from. */
export type LoginOrigin = { readonly thumbprint: string; readonly appVersion: string | null };

/**
 * The failed attempts of a passkey are counted under this name, whether or not anybody has such a passkey.
 */
export function meansOfPasskey(credentialId: string): string {
  return `passkey:${credentialId}`;
}

/**
 * Stands in for the key of a passkey that doesn't exist, so that an unknown one takes as long to refuse as a
 * known one.
 */
const decoy: PasskeyPublicKey = {
  algorithm: -7,
  spki: generateKeyPairSync("ec", { namedCurve: "P-256" })
    .publicKey.export({ type: "spki", format: "der" })
    .toString("base64"),
};

/** The rules of a protocol that may be spoken now, by a version that may. */
async function accept(
  acceptance: Acceptance,
  protocol: string,
  origin: LoginOrigin,
): Promise<Result<DemandedProtocol, LoginRefusal>> {
  const { protocols, refusedVersions } = await acceptance.current();
  const { appVersion } = origin;
  if (appVersion !== null && refusedVersions.has(appVersion))
    return err({ code: "client_version_unsupported" });
  const rules = protocols.has(protocol) ? findProtocol(protocol) : null;
  return rules === null ? err({ code: "login_protocol_unsupported" }) : ok(rules);
}

function attemptOf(challenge: Challenge, activation: Activation): Attempt {
  const { id, protocol, createdAt } = challenge;
  return { id, activation, way: "passkey", protocol, begunAt: createdAt };
}

/** Begins a log-in: what the passkey is to sign. Says nothing about who could log in. */
export async function beginLogin(
  deps: IdentityDeps,
  acceptance: Acceptance,
  request: {
    readonly protocol: string;
    readonly origin: LoginOrigin;
    readonly activation: Activation | null;
  },
): Promise<Result<LoginChallenge, LoginRefusal>> {
  const { protocol, origin, activation } = request;
  const rules = await accept(acceptance, protocol, origin);
  if (!rules.ok) return rules;
  const now = deps.clock.now();
  const nonce = rules.value.makeNonce(deps.random);
  const challenge: Challenge = {
    id: newId("lgc", deps),
    kind: "login",
    challenge: randomText(deps.random, 32),
    thumbprint: origin.thumbprint,
    subject: null,
    protocol,
    appVersion: origin.appVersion,
    createdAt: now,
    expiresAt: addMs(now, challenge_ms_max),
    nonce,
    activation,
  };
  const begun = { kind: "login-begun", customer: null } as const;
  const signal = activation === null ? null : signalOf(attemptOf(challenge, activation), begun, now);
  await insertChallenge(deps.database.sql, challenge, signal);
  const { relyingParty } = deps.config;
  const options = requestOptions({ relyingParty, challenge: challenge.challenge, allow: [] });
  const common = { id: challenge.id, expiresAt: challenge.expiresAt.toISOString(), options };
  return ok(nonce === null ? common : { ...common, nonce });
}

/** Refuses while a means of login rests; to be called under its lock. */
async function checkBlock(sql: Transaction, deps: IdentityDeps, means: string): Promise<LoginRefusal | null> {
  const now = deps.clock.now();
  const until = blockedUntil(await findFailures(sql, means), now);
  if (until === null) return null;
  return { code: "login_blocked", retryAfterSeconds: Math.ceil((until.getTime() - now.getTime()) / 1000) };
}

/** Verifies the assertion. A handle of somebody else is as wrong as a signature. */
function verify(
  deps: IdentityDeps,
  tried: { readonly credential: AssertionJson; readonly challenge: string; readonly passkey: Passkey | null },
) {
  const { credential, challenge, passkey } = tried;
  const verified = verifyAssertion({
    assertion: credential,
    challenge,
    relyingParty: deps.config.relyingParty,
    publicKey: passkey?.publicKey ?? decoy,
    signCount: passkey?.signCount ?? 0,
  });
  if (!verified.ok) return verified;
  if (passkey === null) return err("signature_wrong" as const);
  const handle = credential.response.userHandle;
  if (handle !== undefined && handle !== userHandleOf(passkey.personId))
    return err("signature_wrong" as const);
  return verified;
}

/** A log-in's answer, as the server is to judge it. */
export type LoginAnswer = {
  readonly request: LoginRequest;
  readonly origin: LoginOrigin;
  /** The challenge's nonce that the proof carried; null is the server's usual one. */
  readonly challengeNonce: string | null;
};

/**
 * Finishes a log-in. One transaction, committed whatever comes out: the challenge is used up, a wrong element
 * counted, and release control told. Whoever fails is told one thing, whichever element was wrong and whether
 * or not anybody has that passkey.
 */
export async function finishLogin(
  deps: IdentityDeps,
  acceptance: Acceptance,
  answer: LoginAnswer,
): Promise<Result<LoggedIn, LoginRefusal>> {
  const { request, origin } = answer;
  const rules = await accept(acceptance, request.protocol, origin);
  if (!rules.ok) return rules;
  const finished = await inTransaction(
    deps.database,
    async (sql): Promise<Result<LoggedIn, LoginRefusal>> => {
      const now = deps.clock.now();
      const wanted = { id: request.challengeId, kind: "login", thumbprint: origin.thumbprint, now } as const;
      const challenge = await useChallenge(sql, wanted);
      if (challenge === null) return err({ code: "login_challenge_expired" });
      const passkey = await lockMeansOf(sql, request.credential.id);
      const judged = await judge(sql, deps, { answer, challenge, passkey, rules: rules.value });
      if (!judged.ok) {
        const { code } = judged.error;
        const customer = passkey?.customerRef ?? null;
        await tell(sql, challenge, { kind: "login-failed", customer, reason: code }, now);
        return err({ ...judged.error, isTold: challenge.activation !== null });
      }
      return ok(await enter(sql, deps, { answer, challenge, ...judged.value }));
    },
  );
  if (finished.ok) acceptance.noteUse(request.protocol, deps.clock.now());
  return finished;
}

async function tell(sql: Transaction, challenge: Challenge, happening: Happening, now: Date): Promise<void> {
  if (challenge.activation === null) return;
  await insertSignal(sql, signalOf(attemptOf(challenge, challenge.activation), happening, now));
}

type OwnedPasskey = Passkey & { readonly customerRef: string };

/** Tries of one passkey take turns; gives the passkey, where anybody has it. */
async function lockMeansOf(sql: Transaction, credentialId: string): Promise<OwnedPasskey | null> {
  await lockMeans(sql, meansOfPasskey(credentialId));
  return lockPasskeyByCredential(sql, credentialId);
}

type Judged = { readonly passkey: OwnedPasskey; readonly assertion: VerifiedAssertion };

/** Judges an answer by its protocol's rules; counts a wrong element. */
async function judge(
  sql: Transaction,
  deps: IdentityDeps,
  tried: {
    readonly answer: LoginAnswer;
    readonly challenge: Challenge;
    readonly passkey: OwnedPasskey | null;
    readonly rules: DemandedProtocol;
  },
): Promise<Result<Judged, LoginRefusal>> {
  const { answer, challenge, passkey, rules } = tried;
  const { credential, protocol } = answer.request;
  if (challenge.protocol !== protocol) return err({ code: "login_challenge_expired" });
  if (!rules.isNonceRight(challenge, answer.challengeNonce)) return err({ code: "client_proof_invalid" });
  const means = meansOfPasskey(credential.id);
  const blocked = await checkBlock(sql, deps, means);
  if (blocked) return err(blocked);
  const signed = rules.signedChallengeOf(challenge);
  const verified = verify(deps, { credential, challenge: signed, passkey });
  if (verified.ok && passkey !== null) return ok({ passkey, assertion: verified.value });
  const reason = verified.ok ? "signature_wrong" : verified.error;
  const verdict = rules.verdicts[reason];
  if (verdict === "wrong_client") return err({ code: "client_proof_invalid" });
  if (verdict === "wrong_challenge") return err({ code: "login_challenge_expired" });
  const { appVersion } = challenge;
  const failedAt = deps.clock.now();
  await insertFailure(sql, { id: newId("try", deps), means, reason, protocol, appVersion, failedAt });
  return err({ code: "login_failed" });
}

/** Lets somebody in whose passkey was right. */
async function enter(
  sql: Transaction,
  deps: IdentityDeps,
  entry: Judged & { readonly answer: LoginAnswer; readonly challenge: Challenge },
): Promise<LoggedIn> {
  const { passkey, assertion, answer, challenge } = entry;
  const { personId, customerRef } = passkey;
  const now = deps.clock.now();
  await clearFailures(sql, meansOfPasskey(passkey.credentialId), now);
  await savePasskeyUse(sql, { id: passkey.id, ...assertion, now });
  const { thumbprint } = answer.origin;
  const { deviceName } = answer.request;
  const opened = await openSession(sql, deps, { personId, thumbprint, deviceName, openedBy: "passkey" });
  await tell(sql, challenge, { kind: "login-succeeded", customer: customerRef }, now);
  // A synthetic customer logs in thousands of times a day: the probes keep their own record of it.
  if (isProbePerson(personId)) return { ...opened, customerRef };
  const details = { sessionId: opened.session.id, deviceId: opened.session.deviceId, passkeyId: passkey.id };
  await appendAudit(sql, { at: now, actor: personId, action: "logged-in", subject: personId, details });
  return { ...opened, customerRef };
}
