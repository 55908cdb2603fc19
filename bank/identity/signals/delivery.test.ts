import { granted, logIn, type TestCustomer } from "@mainstay/testkit";
import { signals_batch_max, type Signal } from "@mainstay/wire";
import { beforeEach, expect, test, vi } from "vitest";
import { activationHeaders, testActivation } from "../../../tests/support/activation.ts";
import { createIdentityScene } from "../../../tests/support/identity-scene.ts";
import { startDelivery, type Delivery } from "./delivery.ts";
import { signalOf } from "./rules.ts";
import { countWaiting, dropOldest, findWaiting, insertSignal } from "./store.ts";

const scene = await createIdentityScene();
const { ports, db, deps, clock } = scene;

/** Control, as the bank sees it: counts each signal once by its id, and can be away or lose its answer. */
function fakeControl() {
  const counted = new Map<string, Signal>();
  const state = { mode: "up" as "up" | "away" | "loses-answers", batches: 0 };
  ports.deliverSignals = async (signals) => {
    state.batches += 1;
    if (state.mode === "away") throw new Error("connection refused");
    for (const signal of signals) if (!counted.has(signal.id)) counted.set(signal.id, signal);
    if (state.mode === "loses-answers") throw new Error("socket hang up");
    return { refused: [] };
  };
  return { counted, state, kinds: () => [...counted.values()].map(({ kind }) => kind) };
}

async function withDelivery(work: (delivery: Delivery) => Promise<void>): Promise<void> {
  const delivery = startDelivery(deps);
  try {
    await work(delivery);
  } finally {
    await delivery.stop();
  }
}

/** Writes signals of log-ins that nobody has made. */
async function write(count: number): Promise<Signal[]> {
  const signals = Array.from({ length: count }, (_, index) => {
    const attempt = {
      id: `lga_${String(index).padStart(22, "0")}`,
      activation: testActivation(),
      way: "passkey",
      protocol: "login/2",
      begunAt: clock.now(),
    } as const;
    return signalOf(attempt, { kind: "login-begun", customer: null }, clock.now());
  });
  for (const signal of signals) await insertSignal(db.sql, signal);
  return signals;
}

const drained = () => vi.waitFor(async () => expect(await countWaiting(db)).toBe(0), { timeout: 10_000 });

beforeEach(async () => {
  await db.pool.query("DELETE FROM identity.login_signals");
});

test("what has waited goes in its order, in batches, and is kept no longer than control needs", async () => {
  const control = fakeControl();
  const signals = await write(signals_batch_max + 3);
  await withDelivery(async (delivery) => {
    await drained();
    expect([...control.counted.keys()]).toEqual(signals.map(({ id }) => id));
    expect(control.state.batches).toBe(2);
    expect(delivery.counts()).toEqual({ delivered: signals.length, refused: 0, dropped: 0 });
  });
});

test("a log-in wakes it", async () => {
  const control = fakeControl();
  const { device, passkey }: TestCustomer = await scene.customer();
  scene.identity.start();
  // Long enough for it to have found nothing and fallen asleep.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const headers = activationHeaders(testActivation());
  granted(await logIn(device, passkey, { headers }));
  await vi.waitFor(() => expect(control.kinds()).toEqual(["login-begun", "login-succeeded"]), {
    timeout: 1_000,
    interval: 5,
  });
  await scene.identity.stop();
});

test("control away, or an answer lost: each arrives, and counts once", async () => {
  const control = fakeControl();
  control.state.mode = "away";
  const signals = await write(20);
  await withDelivery(async () => {
    await vi.waitFor(() => expect(control.state.batches).toBeGreaterThan(1), { timeout: 5_000 });
    expect(await countWaiting(db)).toBe(20);
    control.state.mode = "loses-answers";
    const before = control.state.batches;
    await vi.waitFor(() => expect(control.state.batches).toBeGreaterThan(before), { timeout: 5_000 });
    control.state.mode = "up";
    await drained();
  });
  expect([...control.counted.keys()]).toEqual(signals.map(({ id }) => id));
});

test("a process that dies in the middle leaves the rest to the next one", async () => {
  const control = fakeControl();
  const signals = await write(5);
  control.state.mode = "loses-answers";
  const dying = startDelivery(deps);
  await vi.waitFor(() => expect(control.state.batches).toBeGreaterThan(0), { timeout: 5_000 });
  await dying.stop();
  expect(await countWaiting(db)).toBe(5);
  control.state.mode = "up";
  await withDelivery(drained);
  expect([...control.counted.keys()]).toEqual(signals.map(({ id }) => id));
});

test("one that control can't read is dropped, and holds up no other", async () => {
  const signals = await write(9);
  const [poison] = signals.slice(4);
  const read: string[] = [];
  ports.deliverSignals = async (batch) => {
    if (batch.some(({ id }) => id === poison?.id)) return "unreadable";
    read.push(...batch.map(({ id }) => id));
    return { refused: [] };
  };
  await withDelivery(async (delivery) => {
    await drained();
    expect(delivery.counts()).toEqual({ delivered: 8, refused: 1, dropped: 0 });
  });
  expect(read).toEqual(signals.filter((signal) => signal !== poison).map(({ id }) => id));
});

test("those that control won't have are counted, and not sent again", async () => {
  const [first] = await write(3);
  const sent: number[] = [];
  ports.deliverSignals = async (batch) => {
    sent.push(batch.length);
    return { refused: [{ id: first?.id ?? "", reason: "unknown version" }] };
  };
  await withDelivery(async (delivery) => {
    await drained();
    expect(delivery.counts()).toMatchObject({ delivered: 2, refused: 1 });
  });
  expect(sent).toEqual([3]);
});

test("beyond the bound the oldest go", async () => {
  const signals = await write(10);
  expect(await dropOldest(db, 10)).toBe(0);
  expect(await dropOldest(db, 4)).toBe(6);
  const left = await findWaiting(db, 100);
  expect(left.map(({ signal }) => signal.id)).toEqual(signals.slice(6).map(({ id }) => id));
});
