import type { RolloutsDb, RolloutsTransaction } from "./store.ts";
import type { ApprovalsTable } from "./tables.ts";

/** States in which an approval still waits for somebody. */
const open_states = ["unsigned", "waiting"] as const;

export async function insertApproval(
  trx: RolloutsTransaction,
  approval: Pick<
    ApprovalsTable,
    | "id"
    | "kind"
    | "version"
    | "rollout_id"
    | "text"
    | "people"
    | "reason"
    | "effect"
    | "first_id"
    | "first_name"
    | "asked_at"
    | "expires_at"
  >,
): Promise<void> {
  await trx
    .insertInto("rollouts.approvals")
    .values({
      ...approval,
      state: "unsigned",
      first_signed_at: null,
      first_signature: null,
      second_id: null,
      second_name: null,
      second_signed_at: null,
      second_signature: null,
      second_reason: null,
      decided_at: null,
    })
    .execute();
}

export async function findApproval(db: RolloutsDb, id: string): Promise<ApprovalsTable | undefined> {
  return db.selectFrom("rollouts.approvals").selectAll().where("id", "=", id).executeTakeFirst();
}

export async function updateApproval(
  trx: RolloutsTransaction,
  id: string,
  set: Partial<ApprovalsTable>,
): Promise<void> {
  await trx.updateTable("rollouts.approvals").set(set).where("id", "=", id).execute();
}

/** The open approval of a kind for a rollout, or for a version, that stands now. */
export async function findOpenApproval(
  db: RolloutsDb,
  of: { readonly rolloutId: string } | { readonly version: string; readonly kind: ApprovalsTable["kind"] },
): Promise<ApprovalsTable | undefined> {
  const query = db
    .selectFrom("rollouts.approvals")
    .selectAll()
    .where("state", "in", [...open_states])
    .orderBy("asked_at", "desc")
    .limit(1);
  return "rolloutId" in of
    ? query.where("rollout_id", "=", of.rolloutId).executeTakeFirst()
    : query.where("version", "=", of.version).where("kind", "=", of.kind).executeTakeFirst();
}

/** The latest override of a version's checks, in whatever state. */
export async function findOverride(db: RolloutsDb, version: string): Promise<ApprovalsTable | undefined> {
  return db
    .selectFrom("rollouts.approvals")
    .selectAll()
    .where("version", "=", version)
    .where("kind", "=", "override-checks")
    .orderBy("asked_at", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Whether two people have signed that a version goes on against its checks. */
export async function hasOverride(db: RolloutsDb, version: string): Promise<boolean> {
  const row = await db
    .selectFrom("rollouts.approvals")
    .select("id")
    .where("version", "=", version)
    .where("kind", "=", "override-checks")
    .where("state", "=", "carried-out")
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Open ones first, then the latest. */
export async function selectApprovals(db: RolloutsDb, limit: number): Promise<ApprovalsTable[]> {
  return db
    .selectFrom("rollouts.approvals")
    .selectAll()
    .orderBy(({ eb }) => eb("state", "in", [...open_states]), "desc")
    .orderBy("asked_at", "desc")
    .limit(limit)
    .execute();
}

/** Ends the open approvals of a rollout that is over or has moved on. */
export async function voidApprovalsOf(trx: RolloutsTransaction, rolloutId: string, at: Date): Promise<void> {
  await trx
    .updateTable("rollouts.approvals")
    .set({ state: "void", decided_at: at })
    .where("rollout_id", "=", rolloutId)
    .where("state", "in", [...open_states])
    .execute();
}

/** Ends what nobody decided in time; answers how many. */
export async function expireApprovals(db: RolloutsDb, now: Date): Promise<number> {
  const result = await db
    .updateTable("rollouts.approvals")
    .set({ state: "expired", decided_at: now })
    .where("state", "in", [...open_states])
    .where("expires_at", "<=", now)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
