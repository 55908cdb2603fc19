import { err, newId, ok, type Result } from "@mainstay/kernel";
import { publish } from "@mainstay/platform";
import type { PasskeyOptions, PasskeyRequest } from "@mainstay/wire";
import { appendAudit } from "../audit/store.ts";
import type { IdentityDeps } from "../deps.ts";
import {
  offerPasskey,
  savePasskey,
  takePasskey,
  tellPasskeyLogin,
  type LoginBegin,
  type PasskeyRefusal,
} from "../passkeys/service.ts";
import { customerRefOf, insertPerson } from "../people/store.ts";
import { openSession, type LoggedIn } from "../sessions/open.ts";
import { inTransaction, type Transaction } from "../tables.ts";
import type { CompleteAnswers, PersonId, StoredRegistration } from "../types.ts";
import { completeAnswers, transition } from "./rules.ts";
import { findRegistration, findRegistrationOn, saveInstallation, saveState } from "./store.ts";

/** The holder's name of a person's accounts. */
export function holderNameOf(person: { readonly firstName: string; readonly lastName: string }): string {
  return `${person.firstName} ${person.lastName}`;
}

type Passed = { readonly registration: StoredRegistration; readonly answers: CompleteAnswers };

function passedOf(
  registration: StoredRegistration | null,
  thumbprint: string,
): Result<Passed, "not_found" | "registration_not_passed"> {
  if (registration?.thumbprint !== thumbprint) return err("not_found");
  const answers = completeAnswers(registration.answers);
  if (registration.state !== "passed" || answers === null) return err("registration_not_passed");
  return ok({ registration, answers });
}

/** Begins the last step of opening an account: the passkey. */
export async function offerFirstPasskey(
  deps: IdentityDeps,
  id: string,
  from: Omit<LoginBegin, "customer"> & { readonly thumbprint: string },
): Promise<Result<PasskeyOptions, "not_found" | "registration_not_passed">> {
  const { sql } = deps.database;
  const { thumbprint } = from;
  const passed = passedOf(await findRegistration(sql, id), thumbprint);
  if (!passed.ok) return passed;
  const { registration, answers } = passed.value;
  const user = { id: registration.personId, email: answers.email, name: holderNameOf(answers) };
  if (from.activation !== null) await saveInstallation(sql, id, from.activation.installation);
  return ok(
    await offerPasskey(sql, deps, {
      kind: "registration",
      subject: id,
      thumbprint,
      user,
      exclude: [],
      login: { ...from, customer: null },
    }),
  );
}

/** Who opened an account on an installation last, or came as far as the last step. */
export type Registrant = {
  /** Null until the account is open. */
  readonly personId: PersonId | null;
  readonly firstName: string;
  readonly email: string;
};

/** The registrant of an installation; null where nobody is known to have come as far as the passkey there. */
export async function registrantOn(deps: IdentityDeps, installation: string): Promise<Registrant | null> {
  const registration = await findRegistrationOn(deps.database.sql, installation);
  const answers = registration === null ? null : completeAnswers(registration.answers);
  if (registration === null || answers === null) return null;
  const { firstName, email } = answers;
  return { personId: registration.state === "completed" ? registration.personId : null, firstName, email };
}

async function becomeCustomer(
  sql: Transaction,
  deps: IdentityDeps,
  passed: Passed,
  request: PasskeyRequest,
): Promise<Result<LoggedIn, PasskeyRefusal>> {
  const { registration, answers } = passed;
  const { id, personId, thumbprint } = registration;
  const taken = await takePasskey(sql, deps, request, { kind: "registration", subject: id, thumbprint });
  if (!taken.ok) return taken;
  const now = deps.clock.now();
  await insertPerson(sql, { id: personId, answers, demo: false, registrationId: id, createdAt: now });
  const { deviceName } = request;
  const opened = await openSession(sql, deps, { personId, thumbprint, deviceName, openedBy: "registration" });
  const { deviceId } = opened.session;
  const { passkey } = taken.value;
  await savePasskey(sql, deps, { passkey, personId, name: deviceName, deviceId, during: "registration" });
  const state = transition(registration.state, "complete") ?? registration.state;
  await saveState(sql, id, { state, reasons: registration.reasons, now });
  await publish(sql, {
    id: newId("evt", deps),
    kind: "identity.person-registered",
    subject: personId,
    payload: { holderName: holderNameOf(answers) },
    occurredAt: now,
  });
  const customerRef = await customerRefOf(sql, personId);
  await tellPasskeyLogin(sql, taken.value.challenge, { customer: customerRef, now });
  const details = { registrationId: id, deviceId };
  await appendAudit(sql, { at: now, actor: personId, action: "registered", subject: personId, details });
  return ok({ ...opened, customerRef });
}

/**
 * Completes a registration: person, passkey, device and session in one transaction, then the first account,
 * so that its number is there at once. Should the account fail to open now, the event
 * `identity.person-registered` opens it later.
 */
export async function completeRegistration(
  deps: IdentityDeps,
  command: { readonly id: string; readonly thumbprint: string; readonly request: PasskeyRequest },
): Promise<Result<LoggedIn, PasskeyRefusal | "not_found" | "registration_not_passed">> {
  const { id, thumbprint, request } = command;
  const completed = await inTransaction(deps.database, async (sql) => {
    const passed = passedOf(await findRegistration(sql, id, { lock: true }), thumbprint);
    if (!passed.ok) return passed;
    const opened = await becomeCustomer(sql, deps, passed.value, request);
    return opened.ok ? ok({ opened: opened.value, answers: passed.value.answers }) : opened;
  });
  if (!completed.ok) return completed;
  const { opened, answers } = completed.value;
  try {
    await deps.ports.openFirstAccount(opened.session.personId, holderNameOf(answers));
  } catch (error) {
    deps.log.warn({ error, personId: opened.session.personId }, "the first account will be opened later");
  }
  return ok(opened);
}
