import { sql } from "kysely";
import type { Platform } from "@mainstay/wire";
import type { RolloutsDb, RolloutsTransaction } from "./store.ts";
import type { BankCallsTable, VersionsTable } from "./tables.ts";

export async function findVersion(db: RolloutsDb, version: string): Promise<VersionsTable | undefined> {
  return db.selectFrom("rollouts.versions").selectAll().where("version", "=", version).executeTakeFirst();
}

/** A version as lists need it: without the texts that were signed. */
export type KnownVersion = Pick<
  VersionsTable,
  | "version"
  | "platforms"
  | "login_protocol"
  | "summary"
  | "registered_at"
  | "withdrawn_at"
  | "withdrawn_reason"
>;

/** The latest versions. */
export async function selectVersions(db: RolloutsDb, limit: number): Promise<KnownVersion[]> {
  return db
    .selectFrom("rollouts.versions")
    .select(["version", "platforms", "login_protocol", "summary"])
    .select(["registered_at", "withdrawn_at", "withdrawn_reason"])
    .orderBy("registered_at", "desc")
    .limit(limit)
    .execute();
}

export async function insertVersion(
  trx: RolloutsTransaction,
  version: Omit<VersionsTable, "withdrawn_at" | "withdrawn_reason" | "withdrawal" | "withdrawal_signature">,
): Promise<void> {
  await trx.insertInto("rollouts.versions").values(version).execute();
}

export async function setWithdrawn(
  trx: RolloutsTransaction,
  version: string,
  set: { withdrawn_at: Date; withdrawn_reason: string; withdrawal: string; withdrawal_signature: string },
): Promise<void> {
  await trx.updateTable("rollouts.versions").set(set).where("version", "=", version).execute();
}

/** Writes down that the bank must be told something, in the transaction of what it follows from. */
export async function insertBankCall(
  trx: RolloutsTransaction,
  call: {
    readonly kind: BankCallsTable["kind"];
    readonly version: string;
    readonly rolloutId: string | null;
  },
  at: Date,
): Promise<void> {
  await trx
    .insertInto("rollouts.bank_calls")
    .values({
      kind: call.kind,
      version: call.version,
      rollout_id: call.rolloutId,
      asked_at: at,
      next_at: at,
      done_at: null,
    })
    .execute();
}

/** What the bank must be told by now, oldest first. */
export async function selectDueCalls(db: RolloutsDb, now: Date, limit: number) {
  return db
    .selectFrom("rollouts.bank_calls")
    .selectAll()
    .where("done_at", "is", null)
    .where("next_at", "<=", now)
    .orderBy("number")
    .limit(limit)
    .execute();
}

export async function endBankCall(db: RolloutsDb, number: bigint, at: Date): Promise<void> {
  await db
    .updateTable("rollouts.bank_calls")
    .set({ done_at: at, attempts: sql`attempts + 1` })
    .where("number", "=", number)
    .execute();
}

export async function putOffBankCall(db: RolloutsDb, number: bigint, nextAt: Date): Promise<void> {
  await db
    .updateTable("rollouts.bank_calls")
    .set({ next_at: nextAt, attempts: sql`attempts + 1` })
    .where("number", "=", number)
    .execute();
}

/** One installation, and the version that it was seen on. */
export type SeenDevice = {
  readonly installation: string;
  readonly platform: Platform;
  readonly version: string;
  readonly at: Date;
};

/** Keeps the latest that is known of each installation. */
export async function upsertDevices(db: RolloutsDb, seen: readonly SeenDevice[]): Promise<void> {
  // Of one installation the latest only: a statement may touch a row once. Sorted, so that two never wait for
  // each other's rows.
  const latest = new Map<string, SeenDevice>();
  for (const device of seen) {
    const known = latest.get(device.installation);
    if (!known || known.at <= device.at) latest.set(device.installation, device);
  }
  const rows = [...latest.values()].toSorted((a, b) => (a.installation < b.installation ? -1 : 1));
  if (rows.length === 0) return;
  await db
    .insertInto("rollouts.devices")
    .values(
      rows.map(({ installation, platform, version, at }) => ({
        installation,
        platform,
        version,
        seen_at: at,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .column("installation")
        .doUpdateSet(({ ref }) => ({
          platform: ref("excluded.platform"),
          version: ref("excluded.version"),
          seen_at: ref("excluded.seen_at"),
        }))
        .whereRef("rollouts.devices.seen_at", "<=", "excluded.seen_at"),
    )
    .execute();
}

/** How many installations were seen since an instant, by platform and version. */
export async function countDevices(
  db: RolloutsDb,
  since: Date,
): Promise<{ platform: Platform; version: string; count: number }[]> {
  const rows = await db
    .selectFrom("rollouts.devices")
    .select(["platform", "version"])
    .select(({ fn }) => fn.countAll<bigint>().as("count"))
    .where("seen_at", ">", since)
    .groupBy(["platform", "version"])
    .orderBy("count", "desc")
    .execute();
  return rows.map(({ platform, version, count }) => ({ platform, version, count: Number(count) }));
}

export async function forgetDevices(db: RolloutsDb, before: Date): Promise<void> {
  await db.deleteFrom("rollouts.devices").where("seen_at", "<=", before).execute();
}
