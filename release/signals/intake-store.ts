import type { Database } from "@mainstay/platform";
import type { Signal } from "@mainstay/wire";

const arrivals_columns = `id, kind, at, begun_at, installation, version, platform, os, rollout, arm, device,
  owner, nonce, attempt, way, protocol, customer, reason`;

const insert_arrivals = `
  WITH given AS (
    SELECT row_number() OVER () AS place, sent.*
      FROM jsonb_to_recordset($1::JSONB) AS sent (
        id TEXT, kind TEXT, at TIMESTAMPTZ, begun_at TIMESTAMPTZ, installation TEXT, version TEXT,
        platform TEXT, os TEXT, rollout TEXT, arm TEXT, device TEXT, owner TEXT, nonce TEXT, attempt TEXT,
        way TEXT, protocol TEXT, customer TEXT, reason TEXT
      )
  )
  INSERT INTO signals.arrivals (received_at, ${arrivals_columns})
  SELECT $2::TIMESTAMPTZ, ${arrivals_columns}
    FROM given
   ORDER BY place
  -- Delivered before, or twice in this delivery: the first one stays.
  ON CONFLICT (id) DO NOTHING
  RETURNING id`;

/** What a signal says beside its id and its times, under the names by which it is kept. */
export function factsOf(signal: Signal) {
  const { activation } = signal;
  return {
    kind: signal.kind,
    installation: activation.installation,
    version: activation.version,
    platform: activation.platform,
    os: activation.os,
    rollout: activation.rollout,
    arm: activation.arm,
    device: activation.device,
    owner: activation.customer,
    nonce: activation.nonce,
    attempt: signal.attempt,
    way: signal.way,
    protocol: signal.protocol,
    customer: signal.customer,
    reason: signal.reason,
  };
}

/** A signal as `signals.arrivals` has it. */
function rowOf(signal: Signal) {
  return { id: signal.id, at: signal.at, begun_at: signal.begunAt, ...factsOf(signal) };
}

/** Writes signals; answers the ids that were new. */
export async function insertArrivals(
  database: Database,
  signals: readonly Signal[],
  now: Date,
): Promise<Set<string>> {
  const client = await database.pool.connect();
  try {
    await client.query("BEGIN");
    // Writers take turns until they have committed: numbers rise in the order of commits, and who counts by
    // number never passes one that comes to light later.
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('signals.arrivals', 0))");
    const fresh = await client.query<{ id: string }>({
      name: "signals-insert-arrivals",
      text: insert_arrivals,
      values: [JSON.stringify(signals.map(rowOf)), now],
    });
    await client.query("COMMIT");
    return new Set(fresh.rows.map(({ id }) => id));
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
