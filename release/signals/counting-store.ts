import {
  comparisons,
  type Arrival,
  type Comparison,
  type Connection,
  type History,
  type Trial,
} from "./types.ts";

/** How far counting has come; see the table. */
export type Position = {
  readonly counted: bigint;
  readonly edition: bigint;
  readonly upSince: Date;
  readonly aliveAt: Date;
};

/** A signal's columns, as `arrivalFrom` reads them. */
export const arrival_columns = `number, received_at, kind, at, begun_at, installation, version, platform, os,
  rollout, arm, device, owner, nonce, attempt, way, protocol, customer, reason`;

/** A signal as its table has it. */
export type ArrivalRow = Omit<Arrival, "receivedAt" | "at" | "begunAt"> & {
  readonly received_at: Date;
  readonly at: Date;
  readonly begun_at: Date;
};

/** Takes the place of the one who counts, until the transaction ends. */
export async function takePlace(client: Connection): Promise<Position> {
  const { rows } = await client.query<{
    counted: bigint;
    edition: bigint;
    up_since: Date | number;
    alive_at: Date | number;
  }>({
    name: "signals-take-place",
    // Whoever counts or hands on holds this row: one at a time, in whichever process. The connection's end
    // gives it back.
    text: "SELECT counted, edition, up_since, alive_at FROM signals.worker FOR UPDATE",
  });
  const [row] = rows;
  if (row === undefined) throw new Error("signals.worker has lost its row");
  const { counted, edition } = row;
  // "-infinity" comes as a number: nobody has counted yet.
  return { counted, edition, upSince: dateOf(row.up_since), aliveAt: dateOf(row.alive_at) };
}

function dateOf(value: Date | number): Date {
  return value instanceof Date ? value : new Date(0);
}

/** Writes how far counting has come. */
export async function keepPlace(client: Connection, position: Position): Promise<void> {
  await client.query({
    name: "signals-keep-place",
    text: "UPDATE signals.worker SET counted = $1, edition = $2, up_since = $3, alive_at = $4",
    values: [position.counted, position.edition, position.upSince, position.aliveAt],
  });
}

/** The next signals to be counted, in the order in which they arrived. */
export async function nextArrivals(client: Connection, after: bigint, limit: number): Promise<Arrival[]> {
  const { rows } = await client.query<ArrivalRow>({
    name: "signals-next-arrivals",
    text: `SELECT ${arrival_columns}
             FROM signals.arrivals
            WHERE number > $1
            ORDER BY number
            LIMIT $2`,
    values: [after, limit],
  });
  return rows.map(arrivalFrom);
}

/** A signal as counting reads it: times in milliseconds. */
export function arrivalFrom({ received_at, begun_at, ...row }: ArrivalRow): Arrival {
  return {
    ...row,
    receivedAt: received_at.getTime(),
    at: row.at.getTime(),
    begunAt: begun_at.getTime(),
  };
}

/** Which installation in which rollout. */
export type HistoryKey = { readonly rollout: string; readonly installation: string };

type TrialRow = {
  rollout: string;
  installation: string;
  comparison: Comparison;
  arm: Trial["arm"];
  version: string;
  platform: Trial["platform"];
  os: string;
  way: Trial["way"];
  proven: boolean;
  attempt: string;
  owner: string | null;
  customer: string | null;
  protocol: string | null;
  begun_at: Date;
  opened_at: Date;
  due_at: Date;
  outcome: Trial["outcome"];
  reason: string | null;
  ended_at: Date | null;
};

const trial_columns = `rollout, installation, comparison, arm, version, platform, os, way, proven, attempt,
  owner, customer, protocol, begun_at, opened_at, due_at, outcome, reason, ended_at`;
const keys = "jsonb_to_recordset($1::JSONB) AS wanted (rollout TEXT, installation TEXT)";

/** Histories by `historyName`; those that don't exist yet are missing. */
export async function readHistories(
  client: Connection,
  wanted: readonly HistoryKey[],
): Promise<Map<string, History>> {
  const found = await client.query<{
    rollout: string;
    installation: string;
    owner: string | null;
    proven: boolean;
    fell_back_at: Date | null;
    in_at: Date | null;
    last_begun_at: Date | null;
  }>({
    name: "signals-read-histories",
    text: `SELECT rollout, installation, owner, proven, fell_back_at, in_at, last_begun_at
             FROM signals.histories
             JOIN ${keys} USING (rollout, installation)`,
    values: [JSON.stringify(wanted)],
  });
  const histories = new Map<string, History>();
  for (const row of found.rows) {
    histories.set(historyName(row), {
      owner: row.owner,
      proven: row.proven,
      fellBackAt: row.fell_back_at?.getTime() ?? null,
      inAt: row.in_at?.getTime() ?? null,
      lastBegunAt: row.last_begun_at?.getTime() ?? null,
      trials: {},
    });
  }
  const trials = await client.query<TrialRow>({
    name: "signals-read-trials",
    text: `SELECT ${trial_columns}
             FROM signals.trials
             JOIN ${keys} USING (rollout, installation)`,
    values: [JSON.stringify(wanted)],
  });
  for (const row of trials.rows) {
    const history = histories.get(historyName(row));
    if (history) history.trials[row.comparison] = trialOf(row);
  }
  return histories;
}

/** How a history is called in memory. */
export function historyName({ rollout, installation }: HistoryKey): string {
  return `${rollout} ${installation}`;
}

function trialOf(row: TrialRow): Trial {
  const { begun_at, opened_at, due_at, ended_at, rollout: _r, installation: _i, ...rest } = row;
  return {
    ...rest,
    begunAt: begun_at.getTime(),
    openedAt: opened_at.getTime(),
    dueAt: due_at.getTime(),
    endedAt: ended_at?.getTime() ?? null,
  };
}

/** How many proven installations customers have in rollouts, by `ownerName`. */
export async function countProven(
  client: Connection,
  wanted: readonly { readonly rollout: string; readonly owner: string }[],
): Promise<Map<string, number>> {
  const { rows } = await client.query<{ rollout: string; owner: string; count: bigint }>({
    name: "signals-count-proven",
    text: `SELECT rollout, owner, count(*) AS count
             FROM signals.histories
             JOIN jsonb_to_recordset($1::JSONB) AS wanted (rollout TEXT, owner TEXT) USING (rollout, owner)
            WHERE proven
            GROUP BY rollout, owner`,
    values: [JSON.stringify(wanted)],
  });
  return new Map(rows.map(({ rollout, owner, count }) => [ownerName(rollout, owner), Number(count)]));
}

/** How a customer in a rollout is called in memory. */
export function ownerName(rollout: string, owner: string): string {
  return `${rollout} ${owner}`;
}

/** Trials that have been silent for too long, the longest first. */
export async function silentTrials(
  client: Connection,
  asked: { readonly now: Date; readonly upSince: Date; readonly limit: number },
): Promise<(HistoryKey & { readonly trial: Trial })[]> {
  const { rows } = await client.query<TrialRow>({
    name: "signals-silent-trials",
    // Silence is only judged by what control could have been told: while it was away nobody was silent.
    text: `SELECT ${trial_columns}
             FROM signals.trials
            WHERE outcome IS NULL
              AND due_at <= $1
              AND $2::TIMESTAMPTZ + (due_at - opened_at) <= $1
            ORDER BY due_at
            LIMIT $3`,
    values: [asked.now, asked.upSince, asked.limit],
  });
  return rows.map((row) => ({
    rollout: row.rollout,
    installation: row.installation,
    trial: trialOf(row),
  }));
}

/** Writes histories and all their trials. */
export async function writeHistories(
  client: Connection,
  changed: readonly (HistoryKey & { readonly history: History })[],
): Promise<void> {
  await client.query({
    name: "signals-write-histories",
    text: `INSERT INTO signals.histories
             (rollout, installation, owner, proven, fell_back_at, in_at, last_begun_at)
           SELECT rollout, installation, owner, proven, fell_back_at, in_at, last_begun_at
             FROM jsonb_to_recordset($1::JSONB) AS row (
               rollout TEXT, installation TEXT, owner TEXT, proven BOOLEAN, fell_back_at TIMESTAMPTZ,
               in_at TIMESTAMPTZ, last_begun_at TIMESTAMPTZ
             )
           ON CONFLICT (rollout, installation) DO UPDATE
              SET fell_back_at = EXCLUDED.fell_back_at,
                  in_at = EXCLUDED.in_at,
                  last_begun_at = EXCLUDED.last_begun_at`,
    values: [
      JSON.stringify(
        changed.map(({ rollout, installation, history }) => ({
          rollout,
          installation,
          owner: history.owner,
          proven: history.proven,
          fell_back_at: textOf(history.fellBackAt),
          in_at: textOf(history.inAt),
          last_begun_at: textOf(history.lastBegunAt),
        })),
      ),
    ],
  });
  const trials = changed.flatMap(({ rollout, installation, history }) =>
    comparisons.flatMap((comparison) => {
      const trial = history.trials[comparison];
      return trial === undefined ? [] : [{ rollout, installation, trial }];
    }),
  );
  await writeTrials(client, trials);
}

/** Writes trials: new ones, and the outcomes of those that are known. */
export async function writeTrials(
  client: Connection,
  trials: readonly (HistoryKey & { readonly trial: Trial })[],
): Promise<void> {
  if (trials.length === 0) return;
  await client.query({
    name: "signals-write-trials",
    text: `INSERT INTO signals.trials (${trial_columns})
           SELECT ${trial_columns}
             FROM jsonb_to_recordset($1::JSONB) AS row (
               rollout TEXT, installation TEXT, comparison TEXT, arm TEXT, version TEXT, platform TEXT,
               os TEXT, way TEXT, proven BOOLEAN, attempt TEXT, owner TEXT, customer TEXT, protocol TEXT,
               begun_at TIMESTAMPTZ, opened_at TIMESTAMPTZ, due_at TIMESTAMPTZ, outcome TEXT, reason TEXT,
               ended_at TIMESTAMPTZ
             )
           -- A hidden activation leaves its place to the next one, with all that was known of it.
           ON CONFLICT (rollout, installation, comparison) DO UPDATE
              SET arm = EXCLUDED.arm,
                  version = EXCLUDED.version,
                  attempt = EXCLUDED.attempt,
                  begun_at = EXCLUDED.begun_at,
                  opened_at = EXCLUDED.opened_at,
                  due_at = EXCLUDED.due_at,
                  outcome = EXCLUDED.outcome,
                  reason = EXCLUDED.reason,
                  ended_at = EXCLUDED.ended_at
            WHERE (trials.attempt, trials.outcome)
                  IS DISTINCT FROM (EXCLUDED.attempt, EXCLUDED.outcome)`,
    values: [
      JSON.stringify(
        trials.map(({ rollout, installation, trial }) => {
          const { begunAt, openedAt, dueAt, endedAt, ...rest } = trial;
          return {
            rollout,
            installation,
            ...rest,
            begun_at: textOf(begunAt),
            opened_at: textOf(openedAt),
            due_at: textOf(dueAt),
            ended_at: textOf(endedAt),
          };
        }),
      ),
    ],
  });
}

function textOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
