import { describe, expect, it } from "vitest";
import { createBatcher, QueueFullError } from "./batcher.ts";

/** A run that waits until the test lets it go. */
function gate() {
  const runs: { items: readonly number[]; finish: () => void; fail: (error: Error) => void }[] = [];
  const run = (items: readonly number[]) =>
    new Promise<number[]>((resolve, reject) => {
      runs.push({ items, finish: () => resolve(items.map((item) => item * 10)), fail: reject });
    });
  return { runs, run };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("group commit", () => {
  it("serves a lone caller at once and gathers those who come meanwhile", async () => {
    const { runs, run } = gate();
    const call = createBatcher({ name: "test", batch_max: 10, queue_max: 10, run });
    const first = call(1);
    await turn();
    const later = [call(2), call(3)];
    await turn();
    expect(runs.map((entry) => entry.items)).toEqual([[1]]);
    runs[0]?.finish();
    await turn();
    expect(runs.map((entry) => entry.items)).toEqual([[1], [2, 3]]);
    runs[1]?.finish();
    expect(await Promise.all([first, ...later])).toEqual([10, 20, 30]);
  });

  it("takes no more than a batch at once, and refuses whoever finds the queue full", async () => {
    const { runs, run } = gate();
    const call = createBatcher({ name: "test", batch_max: 2, queue_max: 2, run });
    const running = call(1);
    await turn();
    const waiting = [call(2), call(3)];
    await expect(call(4)).rejects.toThrow(QueueFullError);
    runs[0]?.finish();
    await turn();
    runs[1]?.finish();
    expect(await Promise.all([running, ...waiting])).toEqual([10, 20, 30]);
  });

  it("rejects each caller of a run that failed, and goes on", async () => {
    const { runs, run } = gate();
    const call = createBatcher({ name: "test", batch_max: 10, queue_max: 10, run });
    const doomed = call(1);
    const fate = expect(doomed).rejects.toThrow("the connection was lost");
    await turn();
    const next = call(2);
    runs[0]?.fail(new Error("the connection was lost"));
    await fate;
    await turn();
    runs[1]?.finish();
    expect(await next).toBe(20);
  });
});
