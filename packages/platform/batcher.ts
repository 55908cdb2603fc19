import { assert } from "@mainstay/kernel";

/** Thrown to a caller when a batcher's queue is full: the server answers 503 and the client tries again. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
}

/** How a batcher works. */
export type BatcherOptions<In, Out> = {
  readonly name: string;
  /** The most items that one run takes. */
  readonly batch_max: number;
  /** The most items that may wait; the next is refused with `QueueFullError`. */
  readonly queue_max: number;
  /** How many runs may be under way at once. */
  readonly runs_max?: number;
  /** Does the work for all items at once and answers in their order, one answer for each. */
  readonly run: (items: readonly In[]) => Promise<readonly Out[]>;
};

type Waiting<In, Out> = {
  readonly item: In;
  readonly resolve: (out: Out) => void;
  readonly reject: (reason: unknown) => void;
};

/**
 * Group commit: callers that arrive while a run is under way wait together and become the next run. No
 * timers: a lone caller is served at once. A run that throws rejects each of its callers.
 */
export function createBatcher<In, Out>(options: BatcherOptions<In, Out>): (item: In) => Promise<Out> {
  const { name, batch_max, queue_max, runs_max = 1, run } = options;
  assert(batch_max > 0 && queue_max >= batch_max && runs_max > 0, `batcher ${name}: impossible limits`);
  let waiting: Waiting<In, Out>[] = [];
  let running = 0;

  async function runBatch(batch: readonly Waiting<In, Out>[]): Promise<void> {
    try {
      const answers = await run(batch.map((entry) => entry.item));
      assert(
        answers.length === batch.length,
        `batcher ${name}: ${answers.length} answers to ${batch.length} items`,
      );
      for (const [index, entry] of batch.entries()) entry.resolve(answers[index] as Out);
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    } finally {
      running -= 1;
      startRuns();
    }
  }

  function startRuns(): void {
    while (running < runs_max && waiting.length > 0) {
      const batch = waiting.slice(0, batch_max);
      waiting = waiting.slice(batch_max);
      running += 1;
      void runBatch(batch);
    }
  }

  return (item) =>
    new Promise<Out>((resolve, reject) => {
      if (waiting.length >= queue_max) {
        reject(new QueueFullError(`${name}: ${queue_max} are waiting already`));
        return;
      }
      waiting.push({ item, resolve, reject });
      // The microtask lets callers of the same turn of the event loop share the first run.
      if (running < runs_max) queueMicrotask(startRuns);
    });
}
