import { addMs, newId } from "@mainstay/kernel";
import { publish } from "@mainstay/platform";
import { randomText, type IdentityDeps } from "../deps.ts";
import type { Transaction } from "../tables.ts";
import type { PersonId, SessionOrigin, StoredSession } from "../types.ts";
import { hashToken } from "./lookup.ts";
import { session_ms_max } from "./rules.ts";
import { endSessions, insertSession, upsertDevice } from "./store.ts";

/** A session that was just opened, with the token that the device gets. */
export type OpenedSession = {
  readonly session: StoredSession;
  readonly token: string;
  readonly isNewDevice: boolean;
  /**
   * Sessions of the same installation that this one takes the place of: to be forgotten once the transaction
   * is committed.
   */
  readonly endedIds: readonly string[];
};

/**
 * Opens a session for a person on a device, in the transaction of what entitles to it. An installation holds
 * one session: what it held before, for whomever, ends. A new device is told to the person's other devices.
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
  const by = { by: "key_thumbprint", value: thumbprint } as const;
  const endedIds = await endSessions(sql, by, { because: "new-session", now });
  const token = randomText(deps.random, 32);
  const session: StoredSession = {
    id: newId("ses", deps),
    personId,
    deviceId: device.id,
    thumbprint,
    openedBy,
    startedAt: now,
    activeAt: now,
    endsAt: addMs(now, session_ms_max),
  };
  await insertSession(sql, { ...session, tokenHash: hashToken(token) });
  if (device.isNew && openedBy !== "registration") {
    await publish(sql, {
      id: newId("evt", deps),
      kind: "identity.device-added",
      subject: personId,
      payload: { deviceId: device.id, deviceName, openedBy },
      occurredAt: now,
    });
  }
  return { session, token, isNewDevice: device.isNew, endedIds };
}
