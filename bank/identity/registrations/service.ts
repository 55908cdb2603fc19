import { err, newId, ok, type Id, type Result } from "@mainstay/kernel";
import { publish, sleep } from "@mainstay/platform";
import type { RegistrationAnswers } from "@mainstay/wire";
import { appendAudit } from "../audit/store.ts";
import type { IdentityDeps } from "../deps.ts";
import { inTransaction, type Transaction } from "../tables.ts";
import type {
  CheckAnswer,
  CompleteAnswers,
  RegistrationState,
  StaffMember,
  StoredRegistration,
} from "../types.ts";
import {
  check_abandon_ms_max,
  check_tries_max,
  check_wait_ms_max,
  completeAnswers,
  readAnswers,
  registrations_per_device_max,
  transition,
  type AnswerFault,
} from "./rules.ts";
import {
  countOpenOfDevice,
  findRegistration,
  insertRegistration,
  saveAnswers,
  saveCheckAsked,
  saveDecision,
  saveState,
} from "./store.ts";

/** Gives the registration of this device, or null: another device's is as if it weren't there. */
export async function readRegistration(
  deps: IdentityDeps,
  id: string,
  thumbprint: string,
): Promise<StoredRegistration | null> {
  const registration = await findRegistration(deps.database.sql, id);
  return registration?.thumbprint === thumbprint ? registration : null;
}

/** Why answers weren't kept; faults say which of them, and in the customer's words why. */
export type AnswersRefusal =
  | { readonly code: "not_found" | "registration_not_open" | "registrations_full" }
  | { readonly code: "registration_answers_invalid"; readonly faults: readonly AnswerFault[] };

/**
 * Keeps answers: the first begins the registration, which from then on belongs to this device; later ones
 * replace those they name and leave the others. Repeating it changes nothing.
 */
export function answer(
  deps: IdentityDeps,
  command: { readonly id: Id<"reg">; readonly thumbprint: string; readonly answers: RegistrationAnswers },
): Promise<Result<StoredRegistration, AnswersRefusal>> {
  const { id, thumbprint } = command;
  const now = deps.clock.now();
  const read = readAnswers(command.answers, now);
  return inTransaction(deps.database, async (sql): Promise<Result<StoredRegistration, AnswersRefusal>> => {
    const known = await findRegistration(sql, id, { lock: true });
    if (known && known.thumbprint !== thumbprint) return err({ code: "not_found" });
    if (known && known.state !== "answering") return err({ code: "registration_not_open" });
    if (!read.ok) return err({ code: "registration_answers_invalid", faults: read.error });
    if (known) {
      const answers = { ...known.answers, ...read.value };
      await saveAnswers(sql, id, answers, now);
      return ok({ ...known, answers });
    }
    if ((await countOpenOfDevice(sql, thumbprint)) >= registrations_per_device_max) {
      return err({ code: "registrations_full" });
    }
    const personId = newId("person", deps);
    const made = { id, thumbprint, answers: read.value, personId, createdAt: now };
    // Two first answers at once: the one that comes second finds the id taken and is told to look again.
    if (!(await insertRegistration(sql, made))) return err({ code: "registration_not_open" });
    return ok({ ...made, state: "answering", checkId: null, checkTries: 0, reasons: [], decidedBy: null });
  });
}

/**
 * Records what the check said, unless somebody or something decided meanwhile: a late or doubled answer
 * changes nothing.
 */
async function settle(deps: IdentityDeps, id: string, checkId: string, said: CheckAnswer): Promise<void> {
  await inTransaction(deps.database, async (sql) => {
    const registration = await findRegistration(sql, id, { lock: true });
    if (registration?.state !== "checking" || registration.checkId !== checkId) return;
    const state = transition(registration.state, said.result);
    if (state === null) return;
    const now = deps.clock.now();
    await saveState(sql, id, { state, reasons: said.reasons.slice(0, 20), now });
    await tell(sql, deps, { registration, state, decidedBy: "check" });
    const details = { result: said.result, reasons: said.reasons };
    await appendAudit(sql, { at: now, actor: "bank", action: "identity-checked", subject: id, details });
  });
}

async function tell(
  sql: Transaction,
  deps: IdentityDeps,
  what: {
    readonly registration: StoredRegistration;
    readonly state: RegistrationState;
    readonly decidedBy: "check" | "staff";
  },
): Promise<void> {
  const { email, firstName } = what.registration.answers;
  await publish(sql, {
    id: newId("evt", deps),
    kind: `identity.registration-${what.state}`,
    subject: what.registration.id,
    payload: { email, firstName, decidedBy: what.decidedBy },
    occurredAt: deps.clock.now(),
  });
}

/**
 * Asks the port, and records the answer whenever it comes. Never rejects: no answer is none, and is asked for
 * again later.
 */
export async function askCheck(
  deps: IdentityDeps,
  registration: { readonly id: string; readonly checkId: string; readonly answers: CompleteAnswers },
): Promise<void> {
  const abandoned = AbortSignal.timeout(check_abandon_ms_max);
  try {
    const said = await deps.ports.identityCheck.check(registration.checkId, registration.answers, abandoned);
    await settle(deps, registration.id, registration.checkId, said);
  } catch (error) {
    deps.log.warn({ error, registrationId: registration.id }, "the identity check gave no answer");
  }
}

/** Why a check can't begin. */
export type CheckRefusal = "not_found" | "registration_incomplete" | "registration_answers_invalid";

/**
 * Begins the identity check and waits a few seconds for it; a slower answer is recorded when it comes, and
 * until then the registration is `checking`. Asking while one is under way, or after, tells where it stands.
 */
export async function check(
  deps: IdentityDeps,
  id: string,
  thumbprint: string,
): Promise<Result<StoredRegistration, CheckRefusal>> {
  const begun = await inTransaction(deps.database, async (sql) => {
    const registration = await findRegistration(sql, id, { lock: true });
    if (registration?.thumbprint !== thumbprint) return err("not_found" as const);
    if (registration.state !== "answering") return ok(null);
    const answers = completeAnswers(registration.answers);
    if (answers === null) return err("registration_incomplete" as const);
    // A birthday may have been fine when it was typed in and isn't now only if rules changed; checked all the
    // same.
    if (!readAnswers(answers, deps.clock.now()).ok) return err("registration_answers_invalid" as const);
    const checkId = newId("chk", deps);
    await saveCheckAsked(sql, id, checkId, deps.clock.now());
    return ok({ id, checkId, answers });
  });
  if (!begun.ok) return begun;
  if (begun.value !== null) {
    const waiting = new AbortController();
    const asked = askCheck(deps, begun.value).finally(() => waiting.abort());
    await Promise.race([asked, sleep(check_wait_ms_max, waiting.signal)]);
  }
  const registration = await readRegistration(deps, id, thumbprint);
  return registration ? ok(registration) : err("not_found");
}

/** Asks again about a check that had no answer; after too many askings a person decides. */
export async function askAgain(deps: IdentityDeps, registration: StoredRegistration): Promise<void> {
  const { id, checkId } = registration;
  const answers = completeAnswers(registration.answers);
  if (checkId === null || answers === null) return;
  if (registration.checkTries >= check_tries_max) {
    await settle(deps, id, checkId, { result: "refer", reasons: ["check-unanswered"] });
    return;
  }
  await saveCheckAsked(deps.database.sql, id, checkId, deps.clock.now());
  await askCheck(deps, { id, checkId, answers });
}

/**
 * Decides a referral as a member of staff. The same decision again changes nothing; the opposite one is a
 * conflict.
 */
export function decideReferral(
  deps: IdentityDeps,
  command: {
    readonly id: string;
    readonly decision: "pass" | "fail";
    readonly reason: string;
    readonly by: StaffMember;
  },
): Promise<Result<StoredRegistration, "not_found" | "referral_decided">> {
  const { id, decision, reason, by } = command;
  return inTransaction(deps.database, async (sql) => {
    const registration = await findRegistration(sql, id, { lock: true });
    if (!registration) return err("not_found");
    if (registration.decidedBy !== null) {
      const decided = registration.state === "failed" ? "fail" : "pass";
      return decided === decision ? ok(registration) : err("referral_decided");
    }
    const state = transition(registration.state, decision);
    if (registration.state !== "referred" || state === null) return err("not_found");
    const now = deps.clock.now();
    await saveDecision(sql, id, { state, by: by.id, reason, now });
    await tell(sql, deps, { registration, state, decidedBy: "staff" });
    const details = { decision, reason, staffName: by.name };
    await appendAudit(sql, { at: now, actor: by.id, action: "referral-decided", subject: id, details });
    return ok({ ...registration, state, decidedBy: by.id });
  });
}
