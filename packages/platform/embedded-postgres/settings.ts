import { totalmem } from "node:os";

/** PostgreSQL's own settings, as they stand after `-c`: name → value. */
export type PostgresSettings = Readonly<Record<string, string>>;

/** Shared buffers stay within these bounds, whatever the machine has. */
const shared_buffers_mb_min = 128;
const shared_buffers_mb_max = 1024;

/**
 * The settings that the bank's server runs with, embedded or in the bench. Durable: an answer means that the
 * change is on disk. `memory_mb` is the machine's memory, of which an eighth becomes shared buffers.
 */
export function postgresSettings(memory_mb: number = Math.floor(totalmem() / 1024 / 1024)): PostgresSettings {
  const eighth = Math.floor(memory_mb / 8);
  const shared_buffers_mb = Math.min(Math.max(eighth, shared_buffers_mb_min), shared_buffers_mb_max);
  return {
    // Written out although they are the defaults: money depends on them.
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    password_encryption: "scram-sha-256",
    timezone: "UTC",
    log_timezone: "UTC",
    shared_buffers: `${shared_buffers_mb}MB`,
    effective_cache_size: `${Math.max(Math.floor(memory_mb / 2), shared_buffers_mb_min)}MB`,
    // With 4, the planner scanned the whole table of accounts instead of its index.
    random_page_cost: "1.1",
    // The ledger's statements are short; compiling them costs more than it saves.
    jit: "off",
    max_connections: "100",
    max_wal_size: "2GB",
    checkpoint_timeout: "15min",
    checkpoint_completion_target: "0.9",
    wal_buffers: "16MB",
    log_line_prefix: "%m [%p] %a ",
    log_checkpoints: "off",
    // A statement that takes a second is worth a line.
    log_min_duration_statement: "1000",
    // Whoever opens a transaction and goes away would stall the ledger's change feed.
    idle_in_transaction_session_timeout: "60s",
  };
}
