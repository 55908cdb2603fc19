import { generateKeyPairSync } from "node:crypto";
import { addMs, err, newId, ok, type Result } from "@mainstay/kernel";
import {
  requestOptions,
  verifyAssertion,
  type AssertionJson,
  type PasskeyPublicKey,
} from "@mainstay/webauthn";
import { login_protocols, type LoginChallenge, type LoginRequest } from "@mainstay/wire";
import { appendAudit } from "../audit/store.ts";
import { randomText, type IdentityDeps } from "../deps.ts";
import { lockPasskeyByCredential, savePasskeyUse } from "../passkeys/store.ts";
import { userHandleOf } from "../passkeys/service.ts";
import { openSession, type OpenedSession } from "../sessions/open.ts";
import { inTransaction, type Transaction } from "../tables.ts";
import type { Passkey } from "../types.ts";
import { assertion_verdicts, blockedUntil, challenge_ms_max } from "./rules.ts";
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
    | "client_proof_invalid"
    | "login_challenge_expired"
    | "login_failed"
    | "login_blocked";
  readonly retryAfterSeconds?: number;
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

function speaks(protocol: string): boolean {
  return login_protocols.some((known) => known === protocol);
}

/** Begins a log-in: what the passkey is to sign. Says nothing about who could log in. */
export async function beginLogin(
  deps: IdentityDeps,
  protocol: string,
  origin: LoginOrigin,
): Promise<Result<LoginChallenge, LoginRefusal>> {
  if (!speaks(protocol)) return err({ code: "login_protocol_unsupported" });
  const now = deps.clock.now();
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
  };
  await insertChallenge(deps.database.sql, challenge);
  const { relyingParty } = deps.config;
  const options = requestOptions({ relyingParty, challenge: challenge.challenge, allow: [] });
  return ok({ id: challenge.id, expiresAt: challenge.expiresAt.toISOString(), options });
}

/** Refuses while a means of login rests; to be called under its lock. */
async function checkBlock(sql: Transaction, deps: IdentityDeps, means: string): Promise<LoginRefusal | null> {
  const now = deps.clock.now();
  const until = blockedUntil(await findFailures(sql, means), now);
  if (until === null) return null;
  return { code: "login_blocked", retryAfterSeconds: Math.ceil((until.getTime() - now.getTime()) / 1000) };
}

/** Judges the assertion; null is a good one. A handle of somebody else is as wrong as a signature. */
function judge(
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

/**
 * Finishes a log-in: `login/1`. One transaction, committed whatever comes out: the challenge is used up, and
 * a wrong element counted. Whoever fails is told one thing, whichever element was wrong and whether or not
 * anybody has that passkey.
 */
export function finishLogin(
  deps: IdentityDeps,
  request: LoginRequest,
  origin: LoginOrigin,
): Promise<Result<OpenedSession, LoginRefusal>> {
  return inTransaction(deps.database, async (sql): Promise<Result<OpenedSession, LoginRefusal>> => {
    if (!speaks(request.protocol)) return err({ code: "login_protocol_unsupported" });
    const now = deps.clock.now();
    const { credential } = request;
    const wanted = { id: request.challengeId, kind: "login", thumbprint: origin.thumbprint, now } as const;
    const challenge = await useChallenge(sql, wanted);
    if (challenge === null || challenge.protocol !== request.protocol)
      return err({ code: "login_challenge_expired" });
    const means = meansOfPasskey(credential.id);
    await lockMeans(sql, means);
    const blocked = await checkBlock(sql, deps, means);
    if (blocked) return err(blocked);
    const passkey = await lockPasskeyByCredential(sql, credential.id);
    const judged = judge(deps, { credential, challenge: challenge.challenge, passkey });
    if (!judged.ok || passkey === null) {
      const reason = judged.ok ? "signature_wrong" : judged.error;
      const verdict = assertion_verdicts[reason];
      if (verdict === "wrong_client") return err({ code: "client_proof_invalid" });
      if (verdict === "wrong_challenge") return err({ code: "login_challenge_expired" });
      const { protocol, appVersion } = challenge;
      await insertFailure(sql, {
        id: newId("try", deps),
        means,
        reason,
        protocol,
        appVersion,
        failedAt: now,
      });
      return err({ code: "login_failed" });
    }
    await clearFailures(sql, means, now);
    await savePasskeyUse(sql, { id: passkey.id, ...judged.value, now });
    const opened = await openSession(sql, deps, {
      personId: passkey.personId,
      thumbprint: origin.thumbprint,
      deviceName: request.deviceName,
      openedBy: "passkey",
    });
    await appendAudit(sql, {
      at: now,
      actor: passkey.personId,
      action: "logged-in",
      subject: passkey.personId,
      details: { sessionId: opened.session.id, deviceId: opened.session.deviceId, passkeyId: passkey.id },
    });
    return ok(opened);
  });
}
