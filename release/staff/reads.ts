import { createHash } from "node:crypto";
import { page_size_max, type Audit, type AuditEntry, type StaffPeople } from "@mainstay/wire";
import { openInvitations, selectAudit, selectPeople, type StaffDb, type StoredInvitation } from "./store.ts";
import type { AuditTable } from "./tables.ts";

/** How many people a list shows. */
const people_max = 200;
/** How many of the newest audit entries are checked against their hashes when the audit is read. */
export const audit_checked_max = 10_000;

/** An invitation as the wire writes it. */
export function invitationToJson(invitation: StoredInvitation): StaffPeople["invitations"][number] {
  const { id, name, roles, expiresAt } = invitation;
  return { id, name, roles: [...roles], expiresAt: expiresAt.toISOString() };
}

/** Everyone who is or was staff, those who still are first, and who has been invited. */
export async function readPeople(db: StaffDb, now: Date): Promise<StaffPeople> {
  const rows = await selectPeople(db, people_max);
  const invitations = await openInvitations(db, now);
  return {
    people: rows.map((row) => ({
      id: row.id,
      name: row.name,
      roles: row.roles,
      joinedAt: row.joined_at.toISOString(),
      lastSeenAt: row.seen_at === null ? null : row.seen_at.toISOString(),
      endedAt: row.ended_at === null ? null : row.ended_at.toISOString(),
    })),
    // The first member's link was made by the start and is nobody's to withdraw.
    invitations: invitations
      .filter(({ isFirst }) => !isFirst)
      .slice(0, page_size_max)
      .map(invitationToJson),
  };
}

/** The text that an entry's hash is made of: PostgreSQL's `json_build_array`, written the same way. */
function hashedText(row: AuditTable): string {
  const parts = [row.at.toISOString(), row.actor_id, row.actor_name, row.action, row.subject, row.details];
  return `[${[String(row.number), ...parts.map((part) => JSON.stringify(part))].join(", ")}]`;
}

/**
 * Says whether each entry follows from the one before it: SHA-256 over the former hash and the entry's own
 * text. Entries come oldest first and without gaps; `previous` is the hash before them, empty before the
 * first.
 */
export function followsOn(rows: readonly AuditTable[], previous: Uint8Array): boolean {
  let hash = previous;
  let number = rows[0]?.number ?? 0n;
  for (const row of rows) {
    const expected = createHash("sha256").update(hash).update(hashedText(row)).digest();
    if (row.number !== number || !expected.equals(row.hash)) return false;
    hash = row.hash;
    number += 1n;
  }
  return true;
}

async function isWhole(db: StaffDb): Promise<boolean> {
  const newest = await selectAudit(db, { before: undefined, limit: audit_checked_max + 1 });
  const rows = newest.toReversed();
  const [oldest, ...rest] = rows;
  if (oldest === undefined) return true;
  // Where the check doesn't reach back to the first entry, the oldest one's hash is where it begins.
  if (rows.length > audit_checked_max) return followsOn(rest, oldest.hash);
  return oldest.number === 1n && followsOn(rows, new Uint8Array());
}

function entryToJson(row: AuditTable): AuditEntry {
  return {
    number: Number(row.number),
    at: row.at.toISOString(),
    actor: { id: row.actor_id, name: row.actor_name },
    action: row.action,
    subject: row.subject,
    details: JSON.parse(row.details) as Record<string, unknown>,
    hash: row.hash.toString("hex"),
  };
}

/** A page of the audit, newest first, and whether it is whole. */
export async function readAudit(db: StaffDb, before: number | undefined): Promise<Audit> {
  const rows = await selectAudit(db, { before, limit: page_size_max });
  const last = rows.at(-1);
  return {
    entries: rows.map(entryToJson),
    older: last !== undefined && last.number > 1n ? Number(last.number) : null,
    isWhole: await isWhole(db),
  };
}
