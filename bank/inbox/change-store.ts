import { sql as raw } from "kysely";
import type { ChannelState, DeliveryChanges, MessageChannel } from "@mainstay/wire";
import type { Sql, Transaction } from "./deps.ts";

/** A change of one channel of one delivery. */
export type ChannelChange = {
  readonly deliveryId: string;
  readonly channel: MessageChannel;
  readonly state: ChannelState;
  readonly at: Date;
  readonly problem: string | null;
};

/** The longest problem that is told, in UTF-16 units. */
const problem_length_max = 200;
/** The most changes of one answer. */
export const changes_max = 500;

/**
 * Writes how channels stand now, each under the next number. Call it last in its transaction: the numbers
 * stay locked until it ends, and every other change waits for it.
 */
export async function writeChannels(sql: Transaction, changes: readonly ChannelChange[]): Promise<void> {
  if (changes.length === 0) return;
  await raw`
    WITH head AS (
      -- The lock that gives numbers in the order of commits.
      UPDATE inbox.change_head
         SET number = number + ${changes.length}
      RETURNING number - ${changes.length} AS before
    )
    INSERT INTO inbox.channels (delivery_id, channel, state, at, problem, number)
    SELECT change.delivery_id, change.channel, change.state, change.at, change.problem,
           head.before + change.position
      FROM head,
           unnest(
             ${changes.map((change) => change.deliveryId)}::TEXT[],
             ${changes.map((change) => change.channel)}::TEXT[],
             ${changes.map((change) => change.state)}::TEXT[],
             ${changes.map((change) => change.at)}::TIMESTAMPTZ[],
             ${changes.map((change) => change.problem?.slice(0, problem_length_max) ?? null)}::TEXT[]
           ) WITH ORDINALITY AS change (delivery_id, channel, state, at, problem, position)
    ON CONFLICT (delivery_id, channel) DO UPDATE
       SET state = EXCLUDED.state,
           at = EXCLUDED.at,
           problem = EXCLUDED.problem,
           number = EXCLUDED.number`.execute(sql);
}

type ChangeRow = {
  readonly number: bigint;
  readonly delivery_id: string;
  readonly channel: MessageChannel;
  readonly state: ChannelState;
  readonly at: Date;
  readonly problem: string | null;
};

/** What has changed after a number, in the order of changes; of one channel, its last change alone. */
export async function readChanges(sql: Sql, after: number): Promise<DeliveryChanges["changes"]> {
  const { rows } = await raw<ChangeRow>`
    SELECT number, delivery_id, channel, state, at, problem
      FROM inbox.channels
     WHERE number > ${after}
     ORDER BY number
     LIMIT ${changes_max}`.execute(sql);
  return rows.map((row) => ({
    number: Number(row.number),
    id: row.delivery_id,
    channel: row.channel,
    state: row.state,
    at: row.at.toISOString(),
    problem: row.problem,
  }));
}
