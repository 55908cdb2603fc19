import type { Id } from "@mainstay/kernel";
import type { PasskeyPublicKey } from "@mainstay/webauthn";
import type { StaffRole } from "@mainstay/wire";

/** A member of staff, as the console and the audit name them. */
export type StaffMember = {
  readonly id: Id<"staff">;
  readonly name: string;
  readonly roles: readonly StaffRole[];
};

/** A session of the console that is good now. */
export type ConsoleSession = {
  readonly id: Id<"ses">;
  readonly staff: StaffMember;
  /** When it ends if nobody does anything. */
  readonly expiresAt: Date;
};

/** A session that has just begun, and its cookie's value: the only time that it is known. */
export type OpenedSession = { readonly session: ConsoleSession; readonly token: string };

/** A one-time link by which a person becomes a member of staff. */
export type StaffInvitation = {
  readonly id: Id<"inv">;
  readonly name: string;
  readonly roles: readonly StaffRole[];
  readonly isFirst: boolean;
  readonly expiresAt: Date;
};

/** A passkey that answered, with whom it belongs to. */
export type StaffPasskey = {
  readonly credentialId: string;
  readonly publicKey: PasskeyPublicKey;
  readonly signCount: number;
  readonly owner: StaffMember & { readonly endedAt: Date | null };
};

/** A passkey ceremony under way. `joins` and `confirms` are null for a log-in. */
export type Ceremony = {
  readonly challenge: string;
  readonly expiresAt: Date;
  readonly joins: {
    readonly invitationId: Id<"inv">;
    readonly personId: Id<"staff">;
    readonly name: string;
  } | null;
  /** Who signs a text, and the nonce that goes into what is signed with it. */
  readonly confirms: { readonly personId: Id<"staff">; readonly nonce: string } | null;
};

/** Who did it, for the audit: a member of staff, or the start of the bank itself. */
export type Actor = { readonly id: string; readonly name: string };

/** What goes into the audit. */
export type AuditRecord = {
  readonly at: Date;
  readonly actor: Actor;
  /** `staff.joined`, `staff.invited`, `bank.decided` … */
  readonly action: string;
  readonly subject: string;
  readonly details: Readonly<Record<string, unknown>>;
};
