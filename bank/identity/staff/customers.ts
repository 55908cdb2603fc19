import {
  found_max,
  found_page_max,
  type Customer,
  type CustomerNames,
  type CustomersFound,
} from "@mainstay/wire";
import type { IdentityDeps } from "../deps.ts";
import { findPasskeysOf } from "../passkeys/store.ts";
import { findCustomers } from "../people/customers.ts";
import { devices_shown_max } from "../reads.ts";
import { countCodes } from "../recovery/store.ts";
import { findDevices } from "../sessions/store.ts";
import type { PersonId, StaffMember } from "../types.ts";
import * as store from "./customer-store.ts";
import type { StaffGate } from "./gate.ts";
import { meaningOf } from "./query-rules.ts";

/** The most passkeys that are shown. */
const passkeys_shown_max = 100;

type Parts = { readonly deps: IdentityDeps; readonly gate: Pick<StaffGate, "looked"> };

/** What to search by. Digits that are no account of any form are a name, that nobody has. */
async function wantedBy(deps: IdentityDeps, query: string): Promise<store.Wanted> {
  const { by, text } = meaningOf(query);
  if (by !== "account") return { by, text };
  const people = await deps.ports.customerFacts.ownersOf(text);
  return people === null ? { by: "name", text } : { by, people };
}

/** Finds customers for staff, one page; who was found is in the audit. */
export async function searchCustomers(
  { deps, gate }: Parts,
  staff: StaffMember,
  asked: { readonly query: string; readonly from: number },
): Promise<CustomersFound> {
  const { database, ports } = deps;
  const wanted = await wantedBy(deps, asked.query);
  const found = await store.searchPeople(database, wanted, found_max);
  const page = found.slice(asked.from, asked.from + found_page_max);
  const numbers = await ports.customerFacts.accountNumbersOf(page.map(({ personId }) => personId));
  await gate.looked(staff, {
    action: "customers-searched",
    subject: "customers",
    customers: page.map(({ ref }) => ref),
    details: { query: asked.query, found: found.length },
  });
  const end = asked.from + page.length;
  return {
    customers: page.map(({ personId, ref, name, kind, email, customerSince }) => ({
      ref,
      name,
      kind,
      email,
      customerSince: customerSince.toISOString(),
      accounts: numbers.get(personId) ?? [],
    })),
    by: wanted.by,
    found: found.length,
    next: end < found.length ? end : null,
  };
}

/** The names of customers; what is nobody's is left out. One look, with how many and which. */
export async function nameCustomers(
  { deps, gate }: Parts,
  staff: StaffMember,
  refs: readonly string[],
): Promise<CustomerNames> {
  const names = (await findCustomers(deps.database.sql, { refs })).map(({ ref, name, kind }) => ({
    ref,
    name,
    kind,
  }));
  await gate.looked(staff, {
    action: "customer-names-seen",
    subject: "customers",
    customers: names.map(({ ref }) => ref),
    details: { asked: refs.length, named: names.length },
  });
  return { names };
}

/** Whose a reference is, for staff; null where it is nobody's. */
export async function personOf(deps: IdentityDeps, ref: string): Promise<PersonId | null> {
  return (await findCustomers(deps.database.sql, { refs: [ref] }))[0]?.personId ?? null;
}

/** A customer whole; null where the reference is nobody's. That it was looked at is in the audit. */
export async function seeCustomer(
  { deps, gate }: Parts,
  staff: StaffMember,
  ref: string,
): Promise<Customer | null> {
  const { database, ports } = deps;
  const person = await store.findWholePerson(database, ref);
  if (person === null) return null;
  const { personId, kind, name, dateOfBirth, address, email, phone } = person;
  const [registration, money, devices, passkeys, codes, threads] = await Promise.all([
    registrationOf(deps, person.registrationId),
    ports.customerFacts.moneyOf(personId),
    devicesOf(deps, personId),
    findPasskeysOf(database.sql, personId),
    countCodes(database.sql, personId),
    ports.customerFacts.threadsOf(personId),
  ]);
  await gate.looked(staff, { action: "customer-seen", subject: ref, customers: [ref] });
  const looks = await store.findLooks(database, ref);
  return {
    ref,
    kind,
    name,
    dateOfBirth,
    address,
    email,
    phone,
    customerSince: person.customerSince.toISOString(),
    registration,
    ...money,
    devices,
    passkeys: passkeys.slice(0, passkeys_shown_max).map((passkey) => ({
      id: passkey.id,
      name: passkey.name,
      createdAt: passkey.createdAt.toISOString(),
      lastUsedAt: passkey.lastUsedAt?.toISOString() ?? null,
    })),
    recoveryCodesLeft: codes?.left ?? 0,
    threads,
    looks: looks.map(({ at, actor, action, staff_name, customers }) => ({
      at: at.toISOString(),
      staff: { id: actor, name: staff_name ?? actor },
      action,
      customers,
    })),
  };
}

async function registrationOf(deps: IdentityDeps, id: string | null): Promise<Customer["registration"]> {
  const row = id === null ? null : await store.findRegistrationFacts(deps.database, id);
  if (row === null) return null;
  return {
    id: row.id,
    state: row.state,
    startedAt: row.created_at.toISOString(),
    reasons: row.reasons,
    decidedAt: row.decided_at?.toISOString() ?? null,
    decisionReason: row.decision_reason,
  };
}

async function devicesOf(deps: IdentityDeps, personId: PersonId): Promise<Customer["devices"]> {
  const { database, clock } = deps;
  const now = clock.now();
  const devices = await findDevices(database.sql, personId, now, devices_shown_max);
  const open = devices.filter(({ logged_in }) => logged_in).map(({ id }) => id);
  const sessions = open.length === 0 ? [] : await store.findOpenSessions(database, open, now);
  return devices.map((device) => ({
    id: device.id,
    name: device.name,
    firstSeenAt: device.first_seen_at.toISOString(),
    lastSeenAt: device.last_seen_at.toISOString(),
    sessions: sessions
      .filter((session) => session.device_id === device.id)
      .map((session) => ({
        openedBy: session.opened_by,
        startedAt: session.started_at.toISOString(),
        activeAt: session.active_at.toISOString(),
        endsAt: session.ends_at.toISOString(),
      })),
  }));
}
