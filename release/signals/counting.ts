import { present } from "@mainstay/kernel";
import {
  countProven,
  historyName,
  ownerName,
  readHistories,
  silentTrials,
  writeHistories,
  writeTrials,
  type HistoryKey,
} from "./counting-store.ts";
import { countSignal, endBySilence, isProven, newHistory } from "./rules.ts";
import type { Arrival, Connection, History, WatchedRollout } from "./types.ts";
import type { Counted } from "./verdict-store.ts";

/** The rollouts that a batch of signals belongs to; ids that no rollout has are missing. */
export type KnownRollouts = ReadonlyMap<string, WatchedRollout>;

type Belonging = Arrival & { readonly rollout: string };

/**
 * Counts signals in the order in which they arrived, in the caller's transaction; answers the outcomes that
 * came of them, in that order. Signals of no rollout are passed over.
 */
export async function countArrivals(
  client: Connection,
  arrivals: readonly Arrival[],
  rollouts: KnownRollouts,
): Promise<Counted[]> {
  const own = arrivals.filter(
    (arrival): arrival is Belonging => arrival.rollout !== null && rollouts.has(arrival.rollout),
  );
  if (own.length === 0) return [];
  const histories = await readHistories(client, distinct(own));
  const fresh = own.filter((arrival) => !histories.has(historyName(arrival)));
  const proven = await countProven(client, distinctOwners(fresh));
  const counted: Counted[] = [];
  const changed = new Map<string, HistoryKey & { history: History }>();
  for (const arrival of own) {
    const { rollout, installation } = arrival;
    const name = historyName(arrival);
    const history = histories.get(name) ?? beginHistory(arrival, proven);
    histories.set(name, history);
    changed.set(name, { rollout, installation, history });
    const watched = present(rollouts.get(rollout), "the rollout");
    for (const ended of countSignal(history, arrival, watched)) counted.push({ rollout, ended });
  }
  await writeHistories(client, [...changed.values()]);
  return counted;
}

function beginHistory(arrival: Belonging, proven: Map<string, number>): History {
  const owner = ownerName(arrival.rollout, arrival.owner ?? "");
  const others = proven.get(owner) ?? 0;
  const history = newHistory(arrival, isProven(arrival, others));
  if (history.proven) proven.set(owner, others + 1);
  return history;
}

function distinct(arrivals: readonly Belonging[]): HistoryKey[] {
  const keys = arrivals.map(({ rollout, installation }) => ({ rollout, installation }));
  return [...new Map(keys.map((key) => [historyName(key), key])).values()];
}

function distinctOwners(arrivals: readonly Belonging[]): { rollout: string; owner: string }[] {
  const owners = arrivals.flatMap(({ rollout, owner }) => (owner === null ? [] : [{ rollout, owner }]));
  return [...new Map(owners.map((one) => [ownerName(one.rollout, one.owner), one])).values()];
}

/** Counts what has been silent for too long, in the caller's transaction, at most so many at once. */
export async function countSilence(
  client: Connection,
  asked: { readonly now: Date; readonly upSince: Date; readonly limit: number },
): Promise<Counted[]> {
  const silent = await silentTrials(client, asked);
  const counted = silent.flatMap(({ rollout, trial }) =>
    endBySilence(trial, asked.now.getTime()).map((ended) => ({ rollout, ended })),
  );
  await writeTrials(client, silent);
  return counted;
}
