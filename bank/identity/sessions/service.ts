import { err, newId, ok, type Result } from "@mainstay/kernel";
import { publish } from "@mainstay/platform";
import { appendAudit } from "../audit/store.ts";
import type { IdentityDeps } from "../deps.ts";
import { findDemoPerson } from "../people/store.ts";
import { inTransaction, type Transaction } from "../tables.ts";
import type { Principal } from "../types.ts";
import { openSession, type OpenedSession } from "./open.ts";
import { endSessions, isDeviceOf } from "./store.ts";

/** Ends the session of the request. Answers what ended. */
export function logOut(deps: IdentityDeps, principal: Principal): Promise<readonly string[]> {
  return inTransaction(deps.database, async (sql) => {
    const now = deps.clock.now();
    const { personId, sessionId } = principal;
    const ended = await endSessions(sql, { id: sessionId }, { because: "logged-out", now });
    await tellLoggedOut(sql, deps, principal);
    const entry = { actor: personId, action: "logged-out", subject: personId, details: { sessionId } };
    await appendAudit(sql, { at: now, ...entry });
    return ended;
  });
}

/** Tells the bank's other modules: what is sent to that device by itself is to end. */
async function tellLoggedOut(
  sql: Transaction,
  deps: IdentityDeps,
  { personId, deviceId }: { readonly personId: string; readonly deviceId: string },
): Promise<void> {
  await publish(sql, {
    id: newId("evt", deps),
    kind: "identity.device-logged-out",
    subject: personId,
    payload: { deviceId },
    occurredAt: deps.clock.now(),
  });
}

/** Logs one of the person's devices out: every session that it holds for them ends. Answers what ended. */
export function logDeviceOut(
  deps: IdentityDeps,
  principal: Principal,
  deviceId: string,
): Promise<Result<readonly string[], "not_found">> {
  return inTransaction(deps.database, async (sql) => {
    const { personId } = principal;
    if (!(await isDeviceOf(sql, deviceId, personId))) return err("not_found");
    const now = deps.clock.now();
    const ended = await endSessions(sql, { deviceId }, { because: "device-logged-out", now });
    await tellLoggedOut(sql, deps, { personId, deviceId });
    const entry = { actor: personId, action: "device-logged-out", subject: personId, details: { deviceId } };
    await appendAudit(sql, { at: now, ...entry });
    return ok(ended);
  });
}

/**
 * Opens a session of the demo customer, without a passkey: only where the demo is on, and only for looking
 * around.
 */
export async function openDemoSession(
  deps: IdentityDeps,
  thumbprint: string,
): Promise<Result<OpenedSession, "demo_unavailable">> {
  if (!deps.config.isDemo) return err("demo_unavailable");
  const person = await findDemoPerson(deps.database.sql);
  if (person === null) return err("demo_unavailable");
  return inTransaction(deps.database, async (sql) => {
    const wanted = {
      personId: person.id,
      thumbprint,
      deviceName: "A visitor's device",
      openedBy: "demo",
    } as const;
    const opened = await openSession(sql, deps, wanted);
    const details = { sessionId: opened.session.id };
    const entry = { actor: person.id, action: "demo-session-opened", subject: person.id, details };
    await appendAudit(sql, { at: deps.clock.now(), ...entry });
    return ok(opened);
  });
}
