import { isDeepStrictEqual } from "node:util";
import { err, ok, type Result } from "@mainstay/kernel";
import type { AcceptedProtocols, AcceptedProtocolsPut, RefusedVersions } from "@mainstay/wire";
import { appendAudit } from "../audit/store.ts";
import type { IdentityDeps } from "../deps.ts";
import { inTransaction } from "../tables.ts";
import type { Acceptance } from "./acceptance.ts";
import {
  findProtocols,
  lockRefusedVersions,
  replaceRefusedVersions,
  saveAccepted,
} from "./acceptance-store.ts";
import { checkAccepted, type AcceptedRefusal } from "./rules.ts";
import { liftFailures } from "./store.ts";

/** Who changes what is accepted, as the audit says it. */
const actor = "control";

/** Which protocols are accepted, and when somebody last logged in by each that exists. */
export async function seeProtocols(deps: IdentityDeps, acceptance: Acceptance): Promise<AcceptedProtocols> {
  await acceptance.writeUses();
  const protocols = await findProtocols(deps.database.sql);
  return {
    accepted: protocols.filter(({ accepted }) => accepted).map(({ protocol }) => protocol),
    seen: protocols.map(({ protocol, lastSucceededAt }) => ({
      protocol,
      lastSucceededAt: lastSucceededAt?.toISOString() ?? null,
    })),
  };
}

/**
 * Changes the set of protocols that may be spoken, unless a version needs one that would go: in this process
 * at once, in others within five seconds.
 */
export async function changeAccepted(
  deps: IdentityDeps,
  acceptance: Acceptance,
  wanted: AcceptedProtocolsPut,
): Promise<Result<null, AcceptedRefusal>> {
  const changed = await inTransaction(deps.database, async (sql): Promise<Result<null, AcceptedRefusal>> => {
    const protocols = await findProtocols(sql, { lock: true });
    const before = protocols.filter(({ accepted }) => accepted).map(({ protocol }) => protocol);
    const known = protocols.map(({ protocol }) => protocol);
    const refused = checkAccepted({ ...wanted, known, before });
    if (refused !== null) return err(refused);
    const after = known.filter((protocol) => wanted.accepted.includes(protocol));
    if (after.join() === before.join()) return ok(null);
    await saveAccepted(sql, after);
    const entry = { actor, action: "login-protocols-changed", subject: "login", details: { before, after } };
    await appendAudit(sql, { at: deps.clock.now(), ...entry });
    return ok(null);
  });
  acceptance.forget();
  return changed;
}

/** Turns these versions of the app away from now on, and lets in again what isn't among them. */
export async function refuseVersions(
  deps: IdentityDeps,
  acceptance: Acceptance,
  versions: RefusedVersions,
): Promise<void> {
  const now = deps.clock.now();
  // Named twice, a version is turned away for the last reason that was given.
  const reasons = Object.fromEntries(versions.map(({ version, reason }) => [version, reason]));
  const rows = Object.entries(reasons).map(([version, reason]) => ({ version, reason }));
  await inTransaction(deps.database, async (sql) => {
    const before = await lockRefusedVersions(sql);
    if (isDeepStrictEqual(before, reasons)) return;
    await replaceRefusedVersions(sql, rows, now);
    const entry = { actor, action: "versions-refused", subject: "login", details: { versions: reasons } };
    await appendAudit(sql, { at: now, ...entry });
  });
  acceptance.forget();
}

/** Lifts what one version of the app caused; answers how many failed attempts that were. */
export function liftVersion(deps: IdentityDeps, version: string): Promise<number> {
  return inTransaction(deps.database, async (sql) => {
    const now = deps.clock.now();
    const lifted = await liftFailures(sql, version, now);
    if (lifted === 0) return lifted;
    const entry = { actor, action: "failures-lifted", subject: "login", details: { version, lifted } };
    await appendAudit(sql, { at: now, ...entry });
    return lifted;
  });
}
