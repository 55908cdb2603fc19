import type { StaffRole } from "@mainstay/wire";

type PeopleTable = {
  id: string;
  name: string;
  roles: StaffRole[];
  joined_at: Date;
  ended_at: Date | null;
};
type PasskeysTable = {
  credential_id: string;
  person_id: string;
  algorithm: number;
  spki: string;
  sign_count: bigint;
  aaguid: string;
  created_at: Date;
  used_at: Date | null;
};
/** A one-time link, as the table has it. */
export type InvitationsTable = {
  id: string;
  token_hash: Buffer;
  name: string;
  roles: StaffRole[];
  invited_by: string | null;
  made_at: Date;
  expires_at: Date;
  used_at: Date | null;
  withdrawn_at: Date | null;
};
type CeremoniesTable = {
  id: string;
  challenge: string;
  invitation_id: string | null;
  person_id: string | null;
  name: string | null;
  expires_at: Date;
  nonce: string | null;
};
type SessionsTable = {
  id: string;
  token_hash: Buffer;
  person_id: string;
  started_at: Date;
  seen_at: Date;
  ended_at: Date | null;
};
/** An entry of the audit, as the table has it. */
export type AuditTable = {
  number: bigint;
  at: Date;
  actor_id: string;
  actor_name: string;
  action: string;
  subject: string;
  details: string;
  hash: Buffer;
};
/** The staff schema, for Kysely. */
export type StaffTables = {
  "staff.people": PeopleTable;
  "staff.passkeys": PasskeysTable;
  "staff.invitations": InvitationsTable;
  "staff.ceremonies": CeremoniesTable;
  "staff.sessions": SessionsTable;
  "staff.audit": AuditTable;
};
