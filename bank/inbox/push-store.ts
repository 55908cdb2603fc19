import { sql as raw } from "kysely";
import type { Sql, Transaction } from "./deps.ts";
import type { PushTarget } from "./types.ts";

/** The most browsers of one customer that take pushes: one more takes the place of the oldest. */
export const subscriptions_max = 10;

/** A push that is to be sent, and where. `target` is null once the subscription has ended. */
export type DuePush = {
  readonly source: string;
  readonly endpoint: string;
  readonly deliveryId: string | null;
  readonly threadId: string | null;
  readonly subject: string;
  /** How often it has been tried, this time included. */
  readonly attempts: number;
  readonly target: PushTarget | null;
};

type DueRow = {
  readonly source: string;
  readonly endpoint: string;
  readonly delivery_id: string | null;
  readonly thread_id: string | null;
  readonly subject: string;
  readonly attempts: number;
  readonly p256dh: string | null;
  readonly auth: string | null;
};

/** Keeps a subscription; one that another customer had on this browser is theirs no longer. */
export async function saveSubscription(
  sql: Transaction,
  kept: PushTarget & { readonly personId: string; readonly deviceId: string; readonly now: Date },
): Promise<void> {
  await raw`
    INSERT INTO inbox.subscriptions (endpoint, person_id, device_id, p256dh, auth, created_at)
    VALUES (${kept.endpoint}, ${kept.personId}, ${kept.deviceId}, ${kept.p256dh}, ${kept.auth}, ${kept.now})
    ON CONFLICT (endpoint) DO UPDATE
       SET person_id = EXCLUDED.person_id,
           device_id = EXCLUDED.device_id,
           p256dh = EXCLUDED.p256dh,
           auth = EXCLUDED.auth,
           created_at = EXCLUDED.created_at`.execute(sql);
  await raw`
    DELETE FROM inbox.subscriptions
     WHERE endpoint IN (
             SELECT endpoint
               FROM inbox.subscriptions
              WHERE person_id = ${kept.personId}
              ORDER BY created_at DESC, endpoint
             OFFSET ${subscriptions_max}
           )`.execute(sql);
}

/** Ends a customer's own subscription; another's is left alone. */
export async function endSubscription(sql: Sql, personId: string, endpoint: string): Promise<void> {
  await raw`
    DELETE FROM inbox.subscriptions
     WHERE endpoint = ${endpoint}
       AND person_id = ${personId}`.execute(sql);
}

/** Ends a subscription that its push service doesn't know any more. */
export async function forgetEndpoint(sql: Transaction, endpoint: string): Promise<void> {
  await raw`
    DELETE FROM inbox.subscriptions
     WHERE endpoint = ${endpoint}`.execute(sql);
}

/** Ends the subscriptions of a customer's device. */
export async function endDeviceSubscriptions(sql: Sql, personId: string, deviceId: string): Promise<void> {
  await raw`
    DELETE FROM inbox.subscriptions
     WHERE device_id = ${deviceId}
       AND person_id = ${personId}`.execute(sql);
}

/** Says whether a customer's device takes pushes. */
export async function hasSubscription(sql: Sql, personId: string, deviceId: string): Promise<boolean> {
  const { rows } = await raw<{ found: boolean }>`
    SELECT EXISTS (
             SELECT
               FROM inbox.subscriptions
              WHERE device_id = ${deviceId}
                AND person_id = ${personId}
           ) AS found`.execute(sql);
  return rows[0]?.found ?? false;
}

/** Adds a push for each of the customer's subscriptions; answers how many there are. */
export async function insertPushes(
  sql: Transaction,
  push: Pick<DuePush, "source" | "deliveryId" | "threadId" | "subject"> & {
    readonly personId: string;
    readonly now: Date;
  },
): Promise<number> {
  const { numAffectedRows } = await raw`
    INSERT INTO inbox.pushes (source, endpoint, delivery_id, thread_id, subject, state, attempt_at)
    SELECT ${push.source}, endpoint, ${push.deliveryId}, ${push.threadId}, ${push.subject}, 'waiting',
           ${push.now}
      FROM inbox.subscriptions
     WHERE person_id = ${push.personId}`.execute(sql);
  return Number(numAffectedRows ?? 0n);
}

/** Takes one push that is due into hand; undefined where none is. */
export async function claimPush(sql: Sql, now: Date): Promise<DuePush | undefined> {
  const { rows } = await raw<DueRow>`
    WITH claimed AS (
      UPDATE inbox.pushes
         SET state = 'sending',
             attempts = attempts + 1,
             attempt_at = ${now}
       WHERE (source, endpoint) = (
               SELECT source, endpoint
                 FROM inbox.pushes
                WHERE state = 'waiting'
                  AND attempt_at <= ${now}
                ORDER BY attempt_at
                LIMIT 1
                  -- What another lane takes at this moment is its.
                  FOR UPDATE SKIP LOCKED
             )
      RETURNING source, endpoint, delivery_id, thread_id, subject, attempts
    )
    SELECT claimed.*, subscription.p256dh, subscription.auth
      FROM claimed
      LEFT JOIN inbox.subscriptions AS subscription USING (endpoint)`.execute(sql);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { source, endpoint, subject, attempts, p256dh, auth } = row;
  const target = p256dh === null || auth === null ? null : { endpoint, p256dh, auth };
  return {
    source,
    endpoint,
    deliveryId: row.delivery_id,
    threadId: row.thread_id,
    subject,
    attempts,
    target,
  };
}

/** Writes what came of an attempt. `attemptAt` is when a waiting one is tried again. */
export async function settlePush(
  sql: Transaction,
  push: Pick<DuePush, "source" | "endpoint">,
  settled: {
    readonly state: "waiting" | "sent" | "gone" | "failed";
    readonly attemptAt: Date;
    readonly problem: string | null;
  },
): Promise<void> {
  await raw`
    UPDATE inbox.pushes
       SET state = ${settled.state},
           attempt_at = ${settled.attemptAt},
           problem = ${settled.problem}
     WHERE source = ${push.source}
       AND endpoint = ${push.endpoint}
       AND state = 'sending'`.execute(sql);
}

/** What became of a delivery's pushes: how many there are in each state. */
export async function countPushes(
  sql: Transaction,
  deliveryId: string,
): Promise<Readonly<Partial<Record<"waiting" | "sending" | "sent" | "gone" | "failed", number>>>> {
  // The rows are locked first, so that of two that are settled at once the second sees the first.
  await raw`
    SELECT
      FROM inbox.pushes
     WHERE delivery_id = ${deliveryId}
       FOR UPDATE`.execute(sql);
  const { rows } = await raw<{ state: string; count: bigint }>`
    SELECT state, count(*) AS count
      FROM inbox.pushes
     WHERE delivery_id = ${deliveryId}
     GROUP BY state`.execute(sql);
  return Object.fromEntries(rows.map((row) => [row.state, Number(row.count)]));
}

/** What a crash left in hand waits again: with the same topic and tag it takes the first one's place. */
export async function repeatUnfinished(sql: Sql): Promise<number> {
  const { numAffectedRows } = await raw`
    UPDATE inbox.pushes
       SET state = 'waiting'
     WHERE state = 'sending'`.execute(sql);
  return Number(numAffectedRows ?? 0n);
}
