import { sql, type Kysely, type Transaction } from "kysely";
import { present } from "@mainstay/kernel";
import { platforms, type Platform, type RolloutVerdict } from "@mainstay/wire";
import { active_states } from "./machine.ts";
import type { RolloutTables, StageRow, RolloutsTable, TargetsTable } from "./tables.ts";
import type { PlatformRecord, RolloutRecord } from "./types.ts";

/** A connection or a transaction that knows the rollouts schema. */
export type RolloutsDb = Kysely<RolloutTables>;
export type RolloutsTransaction = Transaction<RolloutTables>;

/** The channel on which every process hears that something changed. */
export const changes_channel = "mainstay_rollouts";

/** Takes the turn of a command: the next one, in whichever process, waits for the end of this transaction. */
export async function lockPlan(trx: RolloutsTransaction): Promise<number> {
  const row = await trx
    .selectFrom("rollouts.plan")
    .select("epoch")
    // Held to the end of the transaction; readers aren't held up.
    .forUpdate()
    .executeTakeFirstOrThrow();
  return Number(row.epoch);
}

export async function raiseEpoch(trx: RolloutsTransaction): Promise<void> {
  await trx
    .updateTable("rollouts.plan")
    .set({ epoch: sql`epoch + 1` })
    .execute();
}

export async function readEpoch(db: RolloutsDb): Promise<number> {
  const row = await db.selectFrom("rollouts.plan").select("epoch").executeTakeFirstOrThrow();
  return Number(row.epoch);
}

/** Tells every process that listens, once this transaction is committed. */
export async function notifyChange(trx: RolloutsTransaction, rolloutId: string | null): Promise<void> {
  await sql`SELECT pg_notify(${changes_channel}, ${rolloutId ?? ""})`.execute(trx);
}

export async function findCommand(
  trx: RolloutsTransaction,
  id: string,
): Promise<{ asked: Buffer; answer: string } | undefined> {
  return trx
    .selectFrom("rollouts.commands")
    .select(["asked", "answer"])
    .where("id", "=", id)
    .executeTakeFirst();
}

export async function insertCommand(
  trx: RolloutsTransaction,
  command: { id: string; asked: Buffer; answer: string; at: Date },
): Promise<void> {
  await trx.insertInto("rollouts.commands").values(command).execute();
}

export async function forgetCommands(db: RolloutsDb, before: Date): Promise<void> {
  await db.deleteFrom("rollouts.commands").where("at", "<", before).execute();
}

export async function selectPlatforms(db: RolloutsDb): Promise<PlatformRecord[]> {
  const rows = await db.selectFrom("rollouts.platforms").selectAll().execute();
  return rows.map(({ store_url, ...row }) => ({ ...row, storeUrl: store_url }));
}

export async function updatePlatform(
  trx: RolloutsTransaction,
  platform: Platform,
  set: Partial<Pick<PlatformRecord, "stable" | "previous" | "recommended" | "minimum" | "storeUrl">>,
): Promise<void> {
  const { storeUrl, ...columns } = set;
  await trx
    .updateTable("rollouts.platforms")
    .set({ ...columns, ...(storeUrl === undefined ? {} : { store_url: storeUrl }) })
    .where("platform", "=", platform)
    .execute();
}

export async function selectTakenBack(db: RolloutsDb): Promise<{ version: string; platform: Platform }[]> {
  return db
    .selectFrom("rollouts.taken_back")
    .select(["version", "platform"])
    .orderBy("at", "desc")
    .orderBy("version")
    .execute()
    .then((rows) => rows.toSorted((one, other) => (one.version === other.version ? inOrder(one, other) : 0)));
}

export async function insertTakenBack(
  trx: RolloutsTransaction,
  version: string,
  taken: { readonly platforms: readonly Platform[]; readonly at: Date },
): Promise<void> {
  if (taken.platforms.length === 0) return;
  await trx
    .insertInto("rollouts.taken_back")
    .values(taken.platforms.map((platform) => ({ version, platform, at: taken.at })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Platforms in the order in which they are always named. */
function inOrder(one: { readonly platform: Platform }, other: { readonly platform: Platform }): number {
  return platforms.indexOf(one.platform) - platforms.indexOf(other.platform);
}

function rolloutOf(
  row: RolloutsTable,
  stages: readonly StageRow[],
  targets: readonly TargetsTable[],
): RolloutRecord {
  const { ended_at, ended_by_id, ended_by_name } = row;
  return {
    id: row.id,
    version: row.version,
    state: row.state,
    stateSince: row.state_since,
    stage: row.stage,
    salt: row.salt,
    startedAt: row.started_at,
    startedBy: { id: row.started_by_id, name: row.started_by_name },
    isOverridden: row.is_overridden,
    secondSignedAt: row.second_signed_at,
    waitingFor: row.waiting_for,
    heldFor: row.held_for,
    ended:
      ended_at === null ? null : { at: ended_at, by: { id: ended_by_id ?? "", name: ended_by_name ?? "" } },
    reason: row.reason,
    attention: row.attention,
    verdict: row.verdict === null ? null : (JSON.parse(row.verdict) as RolloutVerdict),
    shownSince: row.shown_since,
    stages: stages.map((stage) => ({
      share: stage.share,
      minutes: stage.minutes,
      marginPoints: stage.margin_points,
      startedAt: stage.started_at,
      endedAt: stage.ended_at,
      stillMs: Number(stage.still_ms),
      people: stage.people,
    })),
    targets: targets.toSorted(inOrder).map(({ platform, goes_back_to, is_active }) => ({
      platform,
      goesBackTo: goes_back_to,
      isActive: is_active,
    })),
  };
}

/** Which rollouts to read; all conditions that are named must hold. */
export type RolloutFilter = {
  readonly id?: string;
  readonly version?: string;
  readonly platform?: Platform;
  readonly isActive?: true;
  readonly isFinished?: true;
  readonly limit: number;
};

/** Reads rollouts whole, the latest first. */
export async function selectRollouts(db: RolloutsDb, filter: RolloutFilter): Promise<RolloutRecord[]> {
  let query = db.selectFrom("rollouts.rollouts").selectAll();
  if (filter.id !== undefined) query = query.where("id", "=", filter.id);
  if (filter.version !== undefined) query = query.where("version", "=", filter.version);
  if (filter.isActive) query = query.where("state", "in", [...active_states]);
  if (filter.isFinished) query = query.where("state", "=", "finished");
  const { platform } = filter;
  if (platform !== undefined) {
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom("rollouts.targets")
          .select("rollout_id")
          .whereRef("rollouts.targets.rollout_id", "=", "rollouts.rollouts.id")
          .where("platform", "=", platform),
      ),
    );
  }
  const rows = await query.orderBy("started_at", "desc").orderBy("id", "desc").limit(filter.limit).execute();
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const stages = await db
    .selectFrom("rollouts.stages")
    .selectAll()
    .where("rollout_id", "in", ids)
    .orderBy("position")
    .execute();
  const targets = await db
    .selectFrom("rollouts.targets")
    .selectAll()
    .where("rollout_id", "in", ids)
    .execute();
  return rows.map((row) =>
    rolloutOf(
      row,
      stages.filter(({ rollout_id }) => rollout_id === row.id),
      targets.filter(({ rollout_id }) => rollout_id === row.id),
    ),
  );
}

export async function findRollout(db: RolloutsDb, id: string): Promise<RolloutRecord | undefined> {
  const [found] = await selectRollouts(db, { id, limit: 1 });
  return found;
}

export async function insertRollout(trx: RolloutsTransaction, rollout: RolloutRecord): Promise<void> {
  await trx
    .insertInto("rollouts.rollouts")
    .values({
      id: rollout.id,
      version: rollout.version,
      state: rollout.state,
      state_since: rollout.stateSince,
      stage: rollout.stage,
      salt: rollout.salt,
      started_at: rollout.startedAt,
      started_by_id: rollout.startedBy.id,
      started_by_name: rollout.startedBy.name,
      is_overridden: rollout.isOverridden,
      second_signed_at: rollout.secondSignedAt,
      waiting_for: null,
      held_for: null,
      ended_at: null,
      ended_by_id: null,
      ended_by_name: null,
      reason: rollout.reason,
      attention: null,
      verdict: null,
      shown_since: null,
    })
    .execute();
  await trx
    .insertInto("rollouts.stages")
    .values(
      rollout.stages.map((stage, position) => ({
        rollout_id: rollout.id,
        position,
        share: stage.share,
        minutes: stage.minutes,
        margin_points: stage.marginPoints,
        started_at: stage.startedAt,
        ended_at: null,
        people: null,
      })),
    )
    .execute();
  await trx
    .insertInto("rollouts.targets")
    .values(
      rollout.targets.map(({ platform, goesBackTo, isActive }) => ({
        rollout_id: rollout.id,
        platform,
        goes_back_to: goesBackTo,
        is_active: isActive,
      })),
    )
    .execute();
}

export async function updateRollout(
  trx: RolloutsTransaction,
  id: string,
  set: Partial<Omit<RolloutsTable, "id" | "version" | "salt" | "started_at" | "is_overridden">>,
): Promise<void> {
  await trx.updateTable("rollouts.rollouts").set(set).where("id", "=", id).execute();
}

export async function updateStage(
  trx: RolloutsTransaction,
  stage: { readonly rolloutId: string; readonly position: number },
  set: { started_at?: Date; ended_at?: Date; people?: number; addStillMs?: number },
): Promise<void> {
  const { addStillMs, ...columns } = set;
  const still = addStillMs === undefined ? {} : { still_ms: sql<bigint>`still_ms + ${BigInt(addStillMs)}` };
  await trx
    .updateTable("rollouts.stages")
    .set({ ...columns, ...still })
    .where("rollout_id", "=", stage.rolloutId)
    .where("position", "=", stage.position)
    .execute();
}

export async function endTargets(trx: RolloutsTransaction, rolloutId: string): Promise<void> {
  await trx
    .updateTable("rollouts.targets")
    .set({ is_active: false })
    .where("rollout_id", "=", rolloutId)
    .execute();
}

/** Everything that the plan is made of, as it stood at one instant. */
export async function readPlanRows(db: RolloutsDb): Promise<{
  epoch: number;
  platforms: PlatformRecord[];
  active: RolloutRecord[];
  takenBack: { version: string; platform: Platform }[];
  withdrawn: string[];
}> {
  return db
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute(async (trx) => {
      const epoch = await readEpoch(trx);
      const platforms = await selectPlatforms(trx);
      const active = await selectRollouts(trx, { isActive: true, limit: 3 });
      const takenBack = await selectTakenBack(trx);
      const withdrawn = await trx
        .selectFrom("rollouts.versions")
        .select("version")
        .where("withdrawn_at", "is not", null)
        .orderBy("withdrawn_at", "desc")
        .execute();
      return { epoch, platforms, active, takenBack, withdrawn: withdrawn.map(({ version }) => version) };
    });
}

/** A platform's row, for what the program knows to be there. */
export function platformOf(rows: readonly PlatformRecord[], platform: Platform): PlatformRecord {
  return present(
    rows.find((row) => row.platform === platform),
    `the platform ${platform}`,
  );
}
