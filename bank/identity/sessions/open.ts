import { addMs, newId } from "@mainstay/kernel";
import { publish } from "@mainstay/platform";
import { randomText, type IdentityDeps } from "../deps.ts";
import type { Transaction } from "../tables.ts";
import type { PersonId, SessionOrigin, StoredSession } from "../types.ts";
import { hashToken } from "./lookup.ts";
import { session_ms_max } from "./rules.ts";
import { endSessions, insertSession, renewSession, upsertDevice } from "./store.ts";

/** A session that was just opened, with the token that the device gets. */
export type OpenedSession = {
  readonly session: StoredSession;
  readonly token: string;
  readonly isNewDevice: boolean;
  /** Sessions that ended or changed their token by this: forget them once the transaction is committed. */
  readonly staleIds: readonly string[];
};

/** A session that a log-in opened, with what release control calls its person by. */
export type LoggedIn = OpenedSession & { readonly customerRef: string };

/**
 * Opens a session for a person on a device, in the transaction of what entitles to it. An installation holds
 * one session: what it held for somebody else ends; what it held for the same person goes on under a new
 * token. A new device is told to the person's other devices.
 */
export async function openSession(
  sql: Transaction,
  deps: IdentityDeps,
  wanted: {
    readonly personId: PersonId;
    readonly thumbprint: string;
    readonly deviceName: string;
    readonly openedBy: SessionOrigin;
  },
): Promise<OpenedSession> {
  const now = deps.clock.now();
  const { personId, thumbprint, deviceName, openedBy } = wanted;
  const device = await upsertDevice(sql, {
    id: newId("dev", deps),
    personId,
    thumbprint,
    name: deviceName,
    now,
  });
  const token = randomText(deps.random, 32);
  const lasting = {
    deviceId: device.id,
    openedBy,
    tokenHash: hashToken(token),
    activeAt: now,
    endsAt: addMs(now, session_ms_max),
  };
  const renewed = await renewSession(sql, lasting);
  const { id, startedAt } = renewed ?? { id: newId("ses", deps), startedAt: now };
  const session = { ...lasting, id, startedAt, personId, thumbprint };
  if (renewed === null) await insertSession(sql, session);
  const others = await endSessions(sql, { thumbprint, except: id }, { because: "new-session", now });
  if (device.isNew && openedBy !== "registration") {
    await publish(sql, {
      id: newId("evt", deps),
      kind: "identity.device-added",
      subject: personId,
      payload: { deviceId: device.id, deviceName, openedBy },
      occurredAt: now,
    });
  }
  return { session, token, isNewDevice: device.isNew, staleIds: [...others, id] };
}
