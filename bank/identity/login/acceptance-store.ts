import { sql as raw } from "kysely";
import { tables, type Sql } from "../tables.ts";

/** Which protocols are accepted, and which versions of the app are turned away. */
export type StoredAcceptance = {
  readonly protocols: ReadonlySet<string>;
  readonly refusedVersions: ReadonlySet<string>;
};

export async function findAcceptance(sql: Sql): Promise<StoredAcceptance> {
  const [protocols, versions] = await Promise.all([
    tables(sql)
      .selectFrom("identity.login_protocols")
      .select("protocol")
      .where("accepted", "=", true)
      .execute(),
    tables(sql).selectFrom("identity.refused_versions").select("version").execute(),
  ]);
  return {
    protocols: new Set(protocols.map(({ protocol }) => protocol)),
    refusedVersions: new Set(versions.map(({ version }) => version)),
  };
}

/** A login protocol that exists. */
export type StoredProtocol = {
  readonly protocol: string;
  readonly accepted: boolean;
  readonly lastSucceededAt: Date | null;
};

/** All protocols that exist, by name. With `lock`, changes of the accepted set take turns. */
export async function findProtocols(sql: Sql, options: { lock?: boolean } = {}): Promise<StoredProtocol[]> {
  const query = tables(sql).selectFrom("identity.login_protocols").selectAll().orderBy("protocol");
  const rows = await (options.lock ? query.forUpdate() : query).execute();
  return rows.map((row) => ({
    protocol: row.protocol,
    accepted: row.accepted,
    lastSucceededAt: row.last_succeeded_at,
  }));
}

export async function saveAccepted(sql: Sql, accepted: readonly string[]): Promise<void> {
  await tables(sql)
    .updateTable("identity.login_protocols")
    .set({ accepted: raw<boolean>`protocol = ANY(${accepted}::TEXT[])` })
    .execute();
}

/** Writes when somebody last logged in by each protocol, unless a later time is there. */
export async function saveProtocolUses(sql: Sql, uses: ReadonlyMap<string, Date>): Promise<void> {
  await raw`
    UPDATE identity.login_protocols AS known
       SET last_succeeded_at = GREATEST(known.last_succeeded_at, used.at)
      FROM unnest(${[...uses.keys()]}::TEXT[], ${[...uses.values()]}::TIMESTAMPTZ[]) AS used (protocol, at)
     WHERE known.protocol = used.protocol`.execute(sql);
}

/** The versions that are turned away, each with its reason; changes of them take turns. */
export async function lockRefusedVersions(sql: Sql): Promise<Record<string, string>> {
  // A row to lock isn't always there, so the turn is taken on the accepted set's.
  await findProtocols(sql, { lock: true });
  const rows = await tables(sql)
    .selectFrom("identity.refused_versions")
    .select(["version", "reason"])
    .execute();
  return Object.fromEntries(rows.map(({ version, reason }) => [version, reason]));
}

/** Puts these versions in the place of those that were turned away before. */
export async function replaceRefusedVersions(
  sql: Sql,
  versions: readonly { readonly version: string; readonly reason: string }[],
  now: Date,
): Promise<void> {
  await tables(sql).deleteFrom("identity.refused_versions").execute();
  if (versions.length === 0) return;
  await tables(sql)
    .insertInto("identity.refused_versions")
    .values(versions.map(({ version, reason }) => ({ version, reason, refused_at: now })))
    .execute();
}
