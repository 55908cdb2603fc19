import { createHash } from "node:crypto";
import { addMs, err, newId, ok, type Clock, type Random, type Result } from "@mainstay/kernel";
import type { Database } from "@mainstay/platform";
import {
  creationOptions,
  requestOptions,
  verifyAssertion,
  verifyRegistration,
  type RegistrationJson,
  type AssertionJson,
  type RelyingParty,
} from "@mainstay/webauthn";
import type { Audit, CreationOptions, RequestOptions, StaffPeople, StaffRole } from "@mainstay/wire";
import type { StaffProblem } from "./errors.ts";
import { readAudit, readPeople } from "./reads.ts";
import {
  ceremony_ms_max,
  first_link_ms_max,
  first_roles,
  invitation_ms_max,
  isUsable,
  leavesNoAdmin,
  open_invitations_max,
  session_touch_ms_min,
  sessionEnd,
} from "./rules.ts";
import * as store from "./store.ts";
import type { StaffTables } from "./tables.ts";
import type {
  Actor,
  AuditRecord,
  ConsoleSession,
  OpenedSession,
  StaffInvitation,
  StaffMember,
} from "./types.ts";

export type StaffDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly relyingParty: RelyingParty;
  /** The console's origin: links begin with it. */
  readonly origin: string;
};

type Answer<T, Code extends StaffProblem> = Promise<Result<T, Code>>;

/**
 * Staff and their sessions. Whoever calls a command of a member of staff has checked that their roles allow
 * it.
 */
export type StaffService = {
  /**
   * A fresh one-time link for the first member of staff, or null when there is one already. The former link
   * stops working.
   */
  readonly makeFirstLink: () => Promise<string | null>;
  readonly lookAtInvitation: (token: string) => Answer<StaffInvitation, "invitation_unusable">;
  readonly beginJoining: (
    token: string,
    name: string,
  ) => Answer<{ id: string; options: CreationOptions; expiresAt: Date }, "invitation_unusable">;
  readonly finishJoining: (
    id: string,
    credential: RegistrationJson,
  ) => Answer<OpenedSession, "ceremony_over" | "invitation_unusable" | "passkey_refused">;
  readonly beginLogin: () => Promise<{ id: string; options: RequestOptions; expiresAt: Date }>;
  readonly finishLogin: (
    id: string,
    credential: AssertionJson,
  ) => Answer<OpenedSession, "ceremony_over" | "login_refused">;
  /**
   * The session of a cookie, and puts its end off unless nobody is there; null when there is none that is
   * good.
   */
  readonly sessionOf: (
    token: string,
    request: { readonly isIdle: boolean },
  ) => Promise<ConsoleSession | null>;
  readonly logOut: (session: ConsoleSession) => Promise<void>;
  readonly invite: (
    actor: StaffMember,
    given: { readonly name: string; readonly roles: readonly StaffRole[] },
  ) => Answer<{ invitation: StaffInvitation; url: string }, "too_many_invitations">;
  readonly withdraw: (actor: StaffMember, invitationId: string) => Answer<null, "invitation_unknown">;
  readonly setRoles: (
    actor: StaffMember,
    personId: string,
    roles: readonly StaffRole[],
  ) => Answer<null, "person_unknown" | "last_admin">;
  readonly endAccess: (actor: StaffMember, personId: string) => Answer<null, "person_unknown" | "last_admin">;
  readonly people: () => Promise<StaffPeople>;
  readonly audit: (before: number | undefined) => Promise<Audit>;
  /** Puts into the audit what a member of staff did elsewhere (at the bank). */
  readonly record: (
    actor: Actor,
    record: Pick<AuditRecord, "action" | "subject" | "details">,
  ) => Promise<void>;
};

const start_actor: Actor = { id: "start", name: "The bank’s start" };

type Context = StaffDeps & { readonly db: store.StaffDb };

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

function secret(random: Random): string {
  return Buffer.from(random.bytes(32)).toString("base64url");
}

async function makeInvitation(
  context: Context,
  trx: store.StaffTransaction,
  given: { name: string; roles: readonly StaffRole[]; invitedBy: Actor | null; ms_max: number },
): Promise<{ invitation: StaffInvitation; url: string }> {
  const { clock, random, origin } = context;
  const { name, roles, invitedBy } = given;
  const now = clock.now();
  const token = secret(random);
  const id = newId("inv", { clock, random });
  const expiresAt = addMs(now, given.ms_max);
  const invitedById = invitedBy?.id ?? null;
  const tokenHash = sha256(token);
  await store.insertInvitation(trx, {
    id,
    tokenHash,
    name,
    roles,
    invitedBy: invitedById,
    madeAt: now,
    expiresAt,
  });
  await store.appendAudit(trx, {
    at: now,
    actor: invitedBy ?? start_actor,
    action: "staff.invited",
    subject: id,
    details: { name, roles, expiresAt: expiresAt.toISOString() },
  });
  // After the "#" the token is never sent to a server by itself, nor written into its log.
  const url = `${origin}/join#${token}`;
  return { invitation: { id, name, roles, isFirst: invitedBy === null, expiresAt }, url };
}

async function openSession(
  context: Context,
  trx: store.StaffTransaction,
  staff: StaffMember,
): Promise<OpenedSession> {
  const { clock, random } = context;
  const now = clock.now();
  const id = newId("ses", { clock, random });
  const token = secret(random);
  await store.insertSession(trx, { id, tokenHash: sha256(token), personId: staff.id }, now);
  const expiresAt = sessionEnd({ startedAt: now, seenAt: now });
  return { token, session: { id, staff, expiresAt } };
}

async function beginCeremony(
  context: Context,
  prefix: "pkc" | "lgc",
  joins: { invitationId: StaffInvitation["id"]; personId: StaffMember["id"]; name: string } | null,
): Promise<{ id: string; challenge: string; expiresAt: Date }> {
  const { db, clock, random } = context;
  const now = clock.now();
  await store.sweepCeremonies(db, now);
  const id = newId(prefix, { clock, random });
  const challenge = secret(random);
  const expiresAt = addMs(now, ceremony_ms_max);
  await store.insertCeremony(db, id, { challenge, expiresAt, joins, confirms: null });
  return { id, challenge, expiresAt };
}

async function lookAtInvitation(
  context: Context,
  token: string,
): Answer<StaffInvitation, "invitation_unusable"> {
  const found = await store.findInvitationByToken(context.db, sha256(token));
  return found && isUsable(found, context.clock.now()) ? ok(found) : err("invitation_unusable");
}

async function beginJoining(
  context: Context,
  token: string,
  name: string,
): Answer<{ id: string; options: CreationOptions; expiresAt: Date }, "invitation_unusable"> {
  const invitation = await lookAtInvitation(context, token);
  if (!invitation.ok) return invitation;
  const personId = newId("staff", context);
  const joins = { invitationId: invitation.value.id, personId, name };
  const { id, challenge, expiresAt } = await beginCeremony(context, "pkc", joins);
  const options = creationOptions({
    relyingParty: context.relyingParty,
    user: { handle: Buffer.from(personId).toString("base64url"), name, displayName: name },
    challenge,
    exclude: [],
  });
  return ok({ id, options, expiresAt });
}

async function finishJoining(
  context: Context,
  id: string,
  credential: RegistrationJson,
): Answer<OpenedSession, "ceremony_over" | "invitation_unusable" | "passkey_refused"> {
  const { db, clock, relyingParty } = context;
  const now = clock.now();
  const ceremony = await store.takeCeremony(db, id);
  if (!ceremony?.joins || ceremony.expiresAt < now) return err("ceremony_over");
  const { joins, challenge } = ceremony;
  const passkey = await verifyRegistration({ registration: credential, challenge, relyingParty });
  if (!passkey.ok) return err("passkey_refused");
  return db
    .transaction()
    .execute(async (trx): Answer<OpenedSession, "invitation_unusable" | "passkey_refused"> => {
      await store.lockPeople(trx);
      const invitation = await store.lockInvitation(trx, joins.invitationId);
      // The first link makes the first member only: one that another start printed doesn't make a second.
      const isLate = invitation.isFirst && (await store.hasPeople(trx));
      if (!isUsable(invitation, now) || isLate) return err("invitation_unusable");
      const staff: StaffMember = { id: joins.personId, name: joins.name, roles: invitation.roles };
      await store.insertPerson(trx, staff, now);
      if (!(await store.insertPasskey(trx, staff.id, passkey.value, now))) {
        throw new Error("a new passkey has the id of one that is known");
      }
      await store.useInvitation(trx, invitation.id, now);
      const details = { roles: staff.roles, invitation: invitation.id };
      await store.appendAudit(trx, {
        at: now,
        actor: staff,
        action: "staff.joined",
        subject: staff.id,
        details,
      });
      return ok(await openSession(context, trx, staff));
    });
}

async function finishLogin(
  context: Context,
  id: string,
  assertion: AssertionJson,
): Answer<OpenedSession, "ceremony_over" | "login_refused"> {
  const { db, clock, relyingParty } = context;
  const now = clock.now();
  const ceremony = await store.takeCeremony(db, id);
  if (!ceremony || ceremony.expiresAt < now) return err("ceremony_over");
  if (ceremony.joins !== null || ceremony.confirms !== null) return err("ceremony_over");
  return db.transaction().execute(async (trx): Answer<OpenedSession, "login_refused"> => {
    const passkey = await store.lockPasskey(trx, assertion.id);
    if (!passkey || passkey.owner.endedAt !== null) return err("login_refused");
    const { publicKey, signCount, owner } = passkey;
    const { challenge } = ceremony;
    const verified = verifyAssertion({ assertion, challenge, relyingParty, publicKey, signCount });
    if (!verified.ok) return err("login_refused");
    await store.usePasskey(trx, passkey.credentialId, verified.value.signCount, now);
    const staff: StaffMember = { id: owner.id, name: owner.name, roles: owner.roles };
    const opened = await openSession(context, trx, staff);
    const details = { session: opened.session.id };
    await store.appendAudit(trx, {
      at: now,
      actor: staff,
      action: "staff.logged-in",
      subject: staff.id,
      details,
    });
    return ok(opened);
  });
}

async function sessionOf(context: Context, token: string, isIdle: boolean): Promise<ConsoleSession | null> {
  const { db, clock } = context;
  const now = clock.now();
  const found = await store.findSession(db, sha256(token));
  if (!found || sessionEnd(found) <= now) return null;
  if (isIdle) return { id: found.id, staff: found.staff, expiresAt: sessionEnd(found) };
  if (now.getTime() - found.seenAt.getTime() >= session_touch_ms_min) {
    await store.touchSession(db, found.id, now);
  }
  return { id: found.id, staff: found.staff, expiresAt: sessionEnd({ ...found, seenAt: now }) };
}

/** Changes a member of staff, unless nobody could then invite or give roles any more. */
async function changePerson(
  context: Context,
  personId: string,
  rolesAfter: readonly StaffRole[],
  change: (trx: store.StaffTransaction, person: StaffMember, now: Date) => Promise<void>,
): Answer<null, "person_unknown" | "last_admin"> {
  return context.db.transaction().execute(async (trx): Answer<null, "person_unknown" | "last_admin"> => {
    await store.lockPeople(trx);
    const person = await store.findPerson(trx, personId);
    if (!person) return err("person_unknown");
    const admins = await store.adminIds(trx);
    if (leavesNoAdmin({ admins, personId, rolesAfter })) return err("last_admin");
    await change(trx, person, context.clock.now());
    return ok(null);
  });
}

async function invite(
  context: Context,
  actor: StaffMember,
  given: { readonly name: string; readonly roles: readonly StaffRole[] },
): Answer<{ invitation: StaffInvitation; url: string }, "too_many_invitations"> {
  const open = await store.openInvitations(context.db, context.clock.now());
  if (open.length >= open_invitations_max) return err("too_many_invitations");
  const made = { ...given, invitedBy: actor, ms_max: invitation_ms_max };
  return ok(await context.db.transaction().execute((trx) => makeInvitation(context, trx, made)));
}

async function makeFirstLink(context: Context): Promise<string | null> {
  return context.db.transaction().execute(async (trx) => {
    await store.lockPeople(trx);
    if (await store.hasPeople(trx)) return null;
    await store.withdrawFirstInvitations(trx, context.clock.now());
    const given = { name: "", roles: first_roles, invitedBy: null, ms_max: first_link_ms_max };
    return (await makeInvitation(context, trx, given)).url;
  });
}

async function withdraw(
  { db, clock }: Context,
  actor: StaffMember,
  invitationId: string,
): Answer<null, "invitation_unknown"> {
  return db.transaction().execute(async (trx): Answer<null, "invitation_unknown"> => {
    const at = clock.now();
    if (!(await store.withdrawInvitation(trx, invitationId, at))) return err("invitation_unknown");
    const record = { at, actor, action: "staff.invitation-withdrawn", subject: invitationId, details: {} };
    await store.appendAudit(trx, record);
    return ok(null);
  });
}

async function beginLogin(
  context: Context,
): Promise<{ id: string; options: RequestOptions; expiresAt: Date }> {
  const { id, challenge, expiresAt } = await beginCeremony(context, "lgc", null);
  const { relyingParty } = context;
  return { id, options: requestOptions({ relyingParty, challenge, allow: [] }), expiresAt };
}

async function logOut({ db, clock }: Context, session: ConsoleSession): Promise<void> {
  const at = clock.now();
  await store.endSession(db, session.id, at);
  const { staff } = session;
  const details = { session: session.id };
  await store.appendAudit(db, { at, actor: staff, action: "staff.logged-out", subject: staff.id, details });
}

/** Makes the staff service over control's database. */
export function createStaffService(deps: StaffDeps): StaffService {
  const { database, clock } = deps;
  const context: Context = { ...deps, db: database.sql.withTables<StaffTables>() };
  const { db } = context;
  return {
    makeFirstLink: () => makeFirstLink(context),
    lookAtInvitation: (token) => lookAtInvitation(context, token),
    beginJoining: (token, name) => beginJoining(context, token, name),
    finishJoining: (id, credential) => finishJoining(context, id, credential),
    beginLogin: () => beginLogin(context),
    finishLogin: (id, credential) => finishLogin(context, id, credential),
    sessionOf: (token, { isIdle }) => sessionOf(context, token, isIdle),
    logOut: (session) => logOut(context, session),
    invite: (actor, given) => invite(context, actor, given),
    withdraw: (actor, invitationId) => withdraw(context, actor, invitationId),
    setRoles: (actor, personId, roles) =>
      changePerson(context, personId, roles, async (trx, person, at) => {
        await store.setRoles(trx, personId, roles);
        const details = { before: person.roles, after: roles };
        await store.appendAudit(trx, {
          at,
          actor,
          action: "staff.roles-changed",
          subject: personId,
          details,
        });
      }),
    endAccess: (actor, personId) =>
      changePerson(context, personId, [], async (trx, _person, at) => {
        await store.endPerson(trx, personId, at);
        await store.endSessionsOf(trx, personId, at);
        const record = { at, actor, action: "staff.access-ended", subject: personId, details: {} };
        await store.appendAudit(trx, record);
      }),
    people: () => readPeople(db, clock.now()),
    audit: (before) => readAudit(db, before),
    record: (actor, record) => store.appendAudit(db, { ...record, actor, at: clock.now() }),
  };
}
