/** How long each call took, and how many there were. */
export type LoadResult = {
  readonly seconds: number;
  readonly calls: number;
  readonly p50_ms: number;
  readonly p99_ms: number;
};

/** Latencies in steps of 0.05 ms up to 10 s, so that recording one costs next to nothing. */
const step_ms = 0.05;
const steps = 200_000;

function createHistogram() {
  const counts = new Uint32Array(steps);
  let total = 0;
  return {
    record(ms: number): void {
      const step = Math.min(steps - 1, Math.floor(ms / step_ms));
      counts[step] = (counts[step] ?? 0) + 1;
      total += 1;
    },
    total: () => total,
    quantile(share: number): number {
      let seen = 0;
      for (let step = 0; step < steps; step += 1) {
        seen += counts[step] ?? 0;
        if (seen >= total * share) return (step + 1) * step_ms;
      }
      return Number.NaN;
    },
  };
}

/** Calls as fast as `callers` that each wait for their answer can, for `seconds`. */
export async function runClosedLoop(options: {
  readonly seconds: number;
  readonly callers: number;
  readonly call: () => Promise<number>;
}): Promise<LoadResult> {
  const histogram = createHistogram();
  const begin = performance.now();
  const end = begin + options.seconds * 1_000;
  let calls = 0;
  async function caller(): Promise<void> {
    for (let now = performance.now(); now < end;) {
      const count = await options.call();
      const after = performance.now();
      histogram.record(after - now);
      if (after < end) calls += count;
      now = after;
    }
  }
  await Promise.all(Array.from({ length: options.callers }, caller));
  return {
    seconds: options.seconds,
    calls,
    p50_ms: histogram.quantile(0.5),
    p99_ms: histogram.quantile(0.99),
  };
}

/** How often the open loop looks which calls are due. */
const tick_ms = 1;

/**
 * Calls at a fixed rate, whether or not earlier calls have been answered. A call's time counts from when it
 * was due, so that a stall is seen by all who would have called during it.
 */
export async function runOpenLoop(options: {
  readonly seconds: number;
  readonly perSecond: number;
  readonly call: () => Promise<number>;
}): Promise<LoadResult> {
  const histogram = createHistogram();
  const begin = performance.now();
  const total = Math.floor(options.seconds * options.perSecond);
  const pending = new Set<Promise<void>>();
  let made = 0;
  async function one(due: number): Promise<void> {
    await options.call();
    histogram.record(performance.now() - due);
  }
  while (made < total) {
    const now = performance.now();
    const due = Math.min(total, Math.floor(((now - begin) / 1_000) * options.perSecond));
    for (; made < due; made += 1) {
      const promise = one(begin + (made / options.perSecond) * 1_000);
      pending.add(promise);
      void promise.finally(() => pending.delete(promise));
    }
    await new Promise((resolve) => setTimeout(resolve, tick_ms));
  }
  await Promise.all(pending);
  return {
    seconds: (performance.now() - begin) / 1_000,
    calls: made,
    p50_ms: histogram.quantile(0.5),
    p99_ms: histogram.quantile(0.99),
  };
}
