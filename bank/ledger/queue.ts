import { assert, present } from "@mainstay/kernel";
import { QueueFullError } from "@mainstay/platform";
import type { Prepared } from "./rules.ts";
import type { Outcome } from "./types.ts";

/** The most transfers that one call of the database posts. */
export const batch_max = 500;
/** The most callers that may wait; the next is refused with `QueueFullError`. */
export const queue_max = 20_000;
/** How far a writer looks past callers whose accounts another writer has in flight. */
const scan_max = 4 * batch_max;

/** A transfer's outcome, or the error with which the database refused to look at it. */
export type Decided = Outcome | Error;

/** How the queue works. */
export type QueueOptions = {
  /** Posts a batch in one call of the database; one outcome for each transfer, in order. */
  readonly post: (batch: readonly Prepared[]) => Promise<readonly Decided[]>;
  /** How many batches may be in flight. */
  readonly writers: number;
  readonly batch_max?: number;
  /** Called after each batch, when its outcomes are durable. */
  readonly onPosted?: () => void;
};

/** What stands before the database. */
export type PostingQueue = {
  /** Takes a transfer that stands alone and answers its outcome. */
  readonly add: (transfer: Prepared) => Promise<Outcome>;
  /** Takes transfers that are linked and answers each one's outcome. */
  readonly addGroup: (transfers: readonly Prepared[]) => Promise<readonly Outcome[]>;
  /** Resolves when nothing waits and nothing is in flight. */
  readonly idle: () => Promise<void>;
  /** How many callers wait, and how many batches are in flight. */
  readonly size: () => { readonly waiting: number; readonly inFlight: number };
};

type Caller = {
  readonly transfers: readonly Prepared[];
  /** Hands the caller what became of its transfers, which begin at a place of the batch. */
  readonly answer: (decided: readonly Decided[], from: number) => void;
  readonly reject: (reason: unknown) => void;
};

/** The accounts and transfer ids that a batch has claimed: no other batch in flight may touch them. */
type Claims = Set<string>;

function isClaimed(caller: Caller, claims: Claims): boolean {
  for (const { transfer, accounts } of caller.transfers) {
    if (claims.has(transfer.id)) return true;
    if (accounts !== null && (claims.has(accounts.debit) || claims.has(accounts.credit))) return true;
  }
  return false;
}

function claim(caller: Caller, claims: Claims): void {
  for (const { transfer, accounts } of caller.transfers) {
    claims.add(transfer.id);
    if (accounts === null) continue;
    claims.add(accounts.debit);
    claims.add(accounts.credit);
  }
}

/** What waits and what is in flight. */
type State = {
  /** Callers in the order in which they came; those before `head` have been taken. */
  queue: Caller[];
  head: number;
  readonly inFlight: Set<Claims>;
  isScheduled: boolean;
  waitingForIdle: (() => void)[];
};

/** Puts callers that had to be passed over back in front, in their order. */
function putBack(state: State, skipped: readonly Caller[], at: number): void {
  state.head = at - skipped.length;
  for (const [index, caller] of skipped.entries()) state.queue[state.head + index] = caller;
  // What has been taken is cut off now and then, so that the array doesn't grow for ever.
  if (state.head <= queue_max) return;
  state.queue = state.queue.slice(state.head);
  state.head = 0;
}

/**
 * Takes the next batch from the queue and claims its accounts and ids. Callers whose accounts or ids are
 * claimed already are left in their order, and so is whoever shares an account with one of them.
 */
function takeBatch(state: State, claims: Claims, size_max: number): Caller[] {
  const { queue, head } = state;
  const batch: Caller[] = [];
  const ids: Claims = new Set();
  const others = [...state.inFlight];
  const skipped: Caller[] = [];
  const skippedClaims: Claims = new Set();
  let size = 0;
  let at = head;
  for (; at < queue.length && at - head < scan_max; at += 1) {
    const caller = queue[at] as Caller;
    if (size > 0 && size + caller.transfers.length > size_max) break;
    const mustWait =
      others.some((other) => isClaimed(caller, other)) ||
      (skipped.length > 0 && isClaimed(caller, skippedClaims)) ||
      caller.transfers.some(({ transfer }) => ids.has(transfer.id));
    if (mustWait) {
      skipped.push(caller);
      claim(caller, skippedClaims);
      continue;
    }
    for (const { transfer } of caller.transfers) ids.add(transfer.id);
    claim(caller, claims);
    batch.push(caller);
    size += caller.transfers.length;
  }
  putBack(state, skipped, at);
  return batch;
}

/** Hands each caller its part of what became of a batch. */
function answerAll(batch: readonly Caller[], decided: readonly Decided[]): void {
  let at = 0;
  for (const caller of batch) {
    caller.answer(decided, at);
    at += caller.transfers.length;
  }
}

/** Makes a caller with one transfer, who gets its outcome. */
function callerOfOne(
  transfer: Prepared,
  resolve: (outcome: Outcome) => void,
  reject: (reason: unknown) => void,
): Caller {
  return {
    transfers: [transfer],
    reject,
    answer(decided, from) {
      const one = present(decided[from], "the outcome of a transfer");
      if (one instanceof Error) reject(one);
      else resolve(one);
    },
  };
}

/** Makes a caller with linked transfers, who gets all their outcomes. */
function callerOfGroup(
  transfers: readonly Prepared[],
  resolve: (outcomes: readonly Outcome[]) => void,
  reject: (reason: unknown) => void,
): Caller {
  return {
    transfers,
    reject,
    answer(decided, from) {
      const outcomes: Outcome[] = [];
      for (const one of decided.slice(from, from + transfers.length)) {
        if (one instanceof Error) reject(one);
        else outcomes.push(one);
      }
      if (outcomes.length === transfers.length) resolve(outcomes);
    },
  };
}

/**
 * The queue before the database: callers that arrive while batches are in flight gather and become the next
 * batch. No timers: a lone caller is served at once. Batches in flight never share an account, so none waits
 * for another's locks; callers that share an account are served in the order in which they came.
 */
export function createQueue(options: QueueOptions): PostingQueue {
  const { post, writers, onPosted } = options;
  const size_max = options.batch_max ?? batch_max;
  assert(writers > 0 && size_max > 0 && size_max <= batch_max, "impossible limits of the posting queue");
  const state: State = {
    queue: [],
    head: 0,
    inFlight: new Set(),
    isScheduled: false,
    waitingForIdle: [],
  };
  const waiting = () => state.queue.length - state.head;
  const isIdle = () => state.inFlight.size === 0 && waiting() === 0;

  async function run(batch: readonly Caller[], claims: Claims): Promise<void> {
    try {
      answerAll(batch, await post(batch.flatMap((caller) => caller.transfers)));
      onPosted?.();
    } catch (error) {
      for (const caller of batch) caller.reject(error);
    } finally {
      state.inFlight.delete(claims);
      start();
    }
  }

  function start(): void {
    state.isScheduled = false;
    while (state.inFlight.size < writers && waiting() > 0) {
      const claims: Claims = new Set();
      const batch = takeBatch(state, claims, size_max);
      if (batch.length === 0) break;
      state.inFlight.add(claims);
      void run(batch, claims);
    }
    if (!isIdle()) return;
    for (const resolve of state.waitingForIdle) resolve();
    state.waitingForIdle = [];
  }

  function enqueue(caller: Caller): void {
    if (waiting() >= queue_max) {
      caller.reject(new QueueFullError(`the ledger's queue: ${queue_max} are waiting already`));
      return;
    }
    state.queue.push(caller);
    if (state.isScheduled || state.inFlight.size >= writers) return;
    // Callers of the same turn of the event loop share the first batch.
    state.isScheduled = true;
    queueMicrotask(start);
  }

  return {
    add: (transfer) => new Promise((resolve, reject) => enqueue(callerOfOne(transfer, resolve, reject))),
    addGroup: (group) => new Promise((resolve, reject) => enqueue(callerOfGroup(group, resolve, reject))),
    idle: () =>
      new Promise((resolve) => {
        if (isIdle()) resolve();
        else state.waitingForIdle.push(resolve);
      }),
    size: () => ({ waiting: waiting(), inFlight: state.inFlight.size }),
  };
}
