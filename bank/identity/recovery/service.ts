import { hash as sha256 } from "node:crypto";
import { hash, verify } from "@node-rs/argon2";
import { err, newId, ok, type Result } from "@mainstay/kernel";
import { createBatcher, publish } from "@mainstay/platform";
import type { PasskeyOptions, PasskeyRequest, RecoveryCodes } from "@mainstay/wire";
import { appendAudit } from "../audit/store.ts";
import type { IdentityDeps } from "../deps.ts";
import { blockedUntil } from "../login/rules.ts";
import { clearFailures, findFailures, insertFailure, lockMeans, takeBackFailure } from "../login/store.ts";
import {
  offerPasskey,
  savePasskey,
  takePasskey,
  tellPasskeyLogin,
  type LoginBegin,
  type PasskeyRefusal,
} from "../passkeys/service.ts";
import { customerRefOf, findPerson } from "../people/store.ts";
import { openSession, type LoggedIn } from "../sessions/open.ts";
import { inTransaction } from "../tables.ts";
import type { PersonId } from "../types.ts";
import { makeCode, people_per_email_max, readCode, recovery_codes_total, selectorOf } from "./rules.ts";
import { findCodes, replaceCodes, useCode, type OpenCode } from "./store.ts";

/** Argon2id with 19 MiB and two passes (OWASP's password storage advice): about 55 ms. */
const argon2_cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** How many recoveries may wait for their Argon2; the next is told that we are busy. */
export const recoveries_waiting_max = 20;

type Comparison = { readonly code: string; readonly candidates: readonly OpenCode[] };

/**
 * Compares one after the other, so that recovery can't take all of the processor. A code of nobody costs as
 * much.
 */
const compare = createBatcher<Comparison, OpenCode | null>({
  name: "recovery",
  batch_max: 1,
  queue_max: recoveries_waiting_max,
  run: async ([comparison]) => {
    if (!comparison) return [];
    let found: OpenCode | null = null;
    for (const candidate of comparison.candidates) {
      if (await verify(candidate.argon2, comparison.code)) found = candidate;
    }
    if (comparison.candidates.length === 0) await hash(comparison.code, argon2_cost);
    return [found];
  },
});

/** Makes ten fresh codes, shown once. The ones before them stop working. */
export async function makeRecoveryCodes(deps: IdentityDeps, personId: PersonId): Promise<RecoveryCodes> {
  const codes = new Map<string, string>();
  while (codes.size < recovery_codes_total) {
    const code = makeCode(deps.random);
    codes.set(selectorOf(code), code);
  }
  const hashed = await Promise.all(
    [...codes].map(async ([selector, code]) => ({
      id: newId("rc", deps),
      selector,
      argon2: await hash(code.replaceAll("-", ""), argon2_cost),
    })),
  );
  const now = deps.clock.now();
  await inTransaction(deps.database, async (sql) => {
    await replaceCodes(sql, personId, hashed, now);
    const event = { kind: "identity.recovery-codes-made", subject: personId, payload: {}, occurredAt: now };
    await publish(sql, { id: newId("evt", deps), ...event });
    const entry = { actor: personId, action: "recovery-codes-made", subject: personId, details: {} };
    await appendAudit(sql, { at: now, ...entry });
  });
  return { codes: [...codes.values()], madeAt: now.toISOString() };
}

/** Why a recovery is refused: one answer for a wrong code, a used one and an e-mail of nobody. */
export type RecoveryRefusal = {
  readonly code: "recovery_failed" | "recovery_blocked";
  readonly retryAfterSeconds?: number;
};

/**
 * Counts the try before it is judged, so that many at once can't outrun the count. E-mails that nobody has
 * are counted alike. Answers the try's id, to be taken back when it turns out right.
 */
function countTry(
  deps: IdentityDeps,
  means: string,
  appVersion: string | null,
): Promise<Result<string, RecoveryRefusal>> {
  return inTransaction(deps.database, async (sql) => {
    const now = deps.clock.now();
    await lockMeans(sql, means);
    const until = blockedUntil(await findFailures(sql, means), now);
    if (until !== null) {
      const retryAfterSeconds = Math.ceil((until.getTime() - now.getTime()) / 1000);
      return err({ code: "recovery_blocked", retryAfterSeconds });
    }
    const id = newId("try", deps);
    const failure = { id, means, reason: "code_wrong", protocol: null, appVersion, failedAt: now };
    await insertFailure(sql, failure);
    return ok(id);
  });
}

/**
 * Begins a recovery: e-mail and one code against the offer of a new passkey. The code is used up only when
 * that is made.
 */
export async function beginRecovery(
  deps: IdentityDeps,
  request: { readonly email: string; readonly code: string },
  from: Omit<LoginBegin, "customer"> & { readonly thumbprint: string },
): Promise<Result<PasskeyOptions, RecoveryRefusal>> {
  const { sql } = deps.database;
  const email = request.email.trim().toLowerCase();
  const means = `recovery:${sha256("sha256", email, "base64url")}`;
  const counted = await countTry(deps, means, from.appVersion);
  if (!counted.ok) return counted;
  try {
    const code = readCode(request.code);
    const candidates = code ? await findCodes(sql, email, selectorOf(code), people_per_email_max) : [];
    const found = await compare({ code: code ?? "", candidates });
    const person = found ? await findPerson(sql, found.personId) : null;
    if (!found || !person) return err({ code: "recovery_failed" });
    await clearFailures(sql, means, deps.clock.now());
    const login = { ...from, customer: await customerRefOf(sql, person.id) };
    const { thumbprint } = from;
    const user = { id: person.id, email: person.email, name: `${person.firstName} ${person.lastName}` };
    return ok(
      await offerPasskey(sql, deps, {
        kind: "recovery",
        subject: found.id,
        thumbprint,
        user,
        exclude: [],
        login,
      }),
    );
  } catch (error) {
    // Our own fault never counts against the customer.
    await takeBackFailure(sql, counted.value, deps.clock.now());
    throw error;
  }
}

/**
 * Finishes a recovery: the code is used up, the new passkey saved, a session opened, and every device of the
 * person told.
 */
export function finishRecovery(
  deps: IdentityDeps,
  request: PasskeyRequest,
  thumbprint: string,
): Promise<Result<LoggedIn, PasskeyRefusal>> {
  return inTransaction(deps.database, async (sql) => {
    const taken = await takePasskey(sql, deps, request, { kind: "recovery", thumbprint });
    if (!taken.ok) return taken;
    const now = deps.clock.now();
    const personId = await useCode(sql, taken.value.subject, now);
    if (personId === null) return err("passkey_challenge_expired");
    const { deviceName } = request;
    const opened = await openSession(sql, deps, { personId, thumbprint, deviceName, openedBy: "recovery" });
    const { deviceId } = opened.session;
    const made = { passkey: taken.value.passkey, personId, name: deviceName, deviceId };
    const passkeyId = await savePasskey(sql, deps, { ...made, during: "recovery" });
    const event = { kind: "identity.recovered", subject: personId, payload: { deviceId, deviceName } };
    await publish(sql, { id: newId("evt", deps), ...event, occurredAt: now });
    const customerRef = await customerRefOf(sql, personId);
    await tellPasskeyLogin(sql, taken.value.challenge, { customer: customerRef, now });
    const details = { deviceId, passkeyId, codeId: taken.value.subject };
    await appendAudit(sql, { at: now, actor: personId, action: "recovered", subject: personId, details });
    return ok({ ...opened, customerRef });
  });
}
