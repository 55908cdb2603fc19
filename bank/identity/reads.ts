import type Type from "typebox";
import type { DevicesSchema, PasskeysSchema, SecuritySummary, Session } from "@mainstay/wire";
import { present } from "@mainstay/kernel";
import type { IdentityDeps } from "./deps.ts";
import { findPasskeysOf } from "./passkeys/store.ts";
import { findPerson } from "./people/store.ts";
import { countCodes } from "./recovery/store.ts";
import { findDevices, findSessionStart } from "./sessions/store.ts";
import type { Principal, StoredSession } from "./types.ts";

/** The most devices that the list of devices shows: those seen last. */
export const devices_shown_max = 100;

/** The session as its client sees it. */
export async function sessionView(
  deps: IdentityDeps,
  principal: Pick<Principal, "personId" | "sessionId" | "deviceId" | "sees">,
): Promise<Session> {
  const { sql } = deps.database;
  const { personId, sessionId, deviceId, sees } = principal;
  const [person, passkeys, codes, startedAt] = await Promise.all([
    findPerson(sql, personId),
    findPasskeysOf(sql, personId),
    countCodes(sql, personId),
    findSessionStart(sql, sessionId),
  ]);
  const { id, firstName, lastName, email, demo } = present(person, "the session's person");
  return {
    id: sessionId,
    person: { id, firstName, lastName, email },
    deviceId,
    sees,
    demo,
    // Everybody looks around as the same demo customer: a passkey counts on the device that made it.
    hasPasskey: demo ? passkeys.some((passkey) => passkey.deviceId === deviceId) : passkeys.length > 0,
    recoveryCodesLeft: codes?.left ?? 0,
    startedAt: present(startedAt, "the session's start").toISOString(),
  };
}

/** The view of a session that was just opened. */
export function openedView(deps: IdentityDeps, session: StoredSession): Promise<Session> {
  const { personId, id, deviceId } = session;
  return sessionView(deps, { personId, sessionId: id, deviceId, sees: "full" });
}

/** The devices that hold or held a session of this person. */
export async function devicesView(
  deps: IdentityDeps,
  principal: Principal,
): Promise<Type.Static<typeof DevicesSchema>> {
  const rows = await findDevices(deps.database.sql, principal.personId, deps.clock.now(), devices_shown_max);
  return {
    devices: rows.map((row) => ({
      id: row.id,
      name: row.name,
      current: row.id === principal.deviceId,
      loggedIn: row.logged_in,
      firstSeenAt: row.first_seen_at.toISOString(),
      lastSeenAt: row.last_seen_at.toISOString(),
    })),
  };
}

/** A person's passkeys, oldest first. */
export async function passkeysView(
  deps: IdentityDeps,
  personId: string,
): Promise<Type.Static<typeof PasskeysSchema>> {
  const passkeys = await findPasskeysOf(deps.database.sql, personId);
  return {
    passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt }) => ({
      id,
      name,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    })),
  };
}

/**
 * What the security screen says at its top. The bank never rings customers up by itself, so nobody is being
 * called.
 */
export async function securityView(deps: IdentityDeps, personId: string): Promise<SecuritySummary> {
  const codes = await countCodes(deps.database.sql, personId);
  return {
    recoveryCodes: codes
      ? { left: codes.left, total: codes.total, madeAt: codes.madeAt.toISOString() }
      : null,
    callingYou: false,
  };
}
