import { addMs } from "@mainstay/kernel";
import { staff_roles, type StaffRole } from "@mainstay/wire";

/** How long a one-time link can be used, in milliseconds: the first one is printed and used at once. */
export const first_link_ms_max = 60 * 60_000;
export const invitation_ms_max = 3 * 24 * 60 * 60_000;
/** How many invitations may be open at once. */
export const open_invitations_max = 100;
/** How long a passkey ceremony may take, in milliseconds. */
export const ceremony_ms_max = 5 * 60_000;
/** How long a session lasts while nobody does anything, and how long at most, in milliseconds. */
export const session_idle_ms_max = 15 * 60_000;
export const session_ms_max = 12 * 60 * 60_000;
/**
 * How much later a session must be seen before that is written, in milliseconds: one write a minute, not one
 * a click.
 */
export const session_touch_ms_min = 30_000;

/** The first member of staff can do everything, so that they can hand it out. */
export const first_roles: readonly StaffRole[] = staff_roles;

/** When a session ends if nobody does anything more. */
export function sessionEnd(session: { readonly startedAt: Date; readonly seenAt: Date }): Date {
  const idle = addMs(session.seenAt, session_idle_ms_max);
  const longest = addMs(session.startedAt, session_ms_max);
  return idle < longest ? idle : longest;
}

/** Says whether a person with these roles may do what any of `wanted` may. */
export function hasAnyRole(roles: readonly StaffRole[], wanted: readonly StaffRole[]): boolean {
  return wanted.some((role) => roles.includes(role));
}

/** Says whether a change would leave nobody who can invite and give roles. `admins` are those who can now. */
export function leavesNoAdmin(options: {
  readonly admins: readonly string[];
  readonly personId: string;
  readonly rolesAfter: readonly StaffRole[];
}): boolean {
  const { admins, personId, rolesAfter } = options;
  return !rolesAfter.includes("admin") && admins.every((id) => id === personId);
}

/** Says whether a link can still be used. */
export function isUsable(
  invitation: { readonly usedAt: Date | null; readonly withdrawnAt: Date | null; readonly expiresAt: Date },
  now: Date,
): boolean {
  return invitation.usedAt === null && invitation.withdrawnAt === null && invitation.expiresAt > now;
}
