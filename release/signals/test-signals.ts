import { newId } from "@mainstay/kernel";
import { createDatabase, createLogger, type Database } from "@mainstay/platform";
import { createTestDatabase, fakeClock, type FakeClock } from "@mainstay/testkit";
import type { Activation, RolloutVerdict, Signal } from "@mainstay/wire";
import { createSignals, signalsMigrations, type Signals, type SignalsDeps } from "./index.ts";
import { factsOf } from "./intake-store.ts";
import type { Arrival, RolloutsPort, WatchedRollout } from "./types.ts";

/** The rollout that tests watch: begun at noon, on two platforms. */
export const rollout: WatchedRollout = {
  id: newId("rol", {
    clock: fakeClock("2026-11-22T12:00:00.000Z"),
    random: { bytes: (length) => new Uint8Array(length) },
  }),
  candidate: "1.4.0",
  platforms: ["ios", "android"],
  startedAt: new Date("2026-11-22T12:00:00.000Z"),
  state: "running",
  endedAt: null,
};
export const stable_version = "1.3.0";

/** What rollouts were told. */
export type Told = {
  readonly what: "note" | "roll-back" | "call";
  readonly verdict: RolloutVerdict | string;
};

/** Stands in for rollouts: knows one, and writes down what it is told. */
export function fakeRollouts(over: Partial<RolloutsPort> = {}) {
  const told: Told[] = [];
  const port: RolloutsPort = {
    find: (id) => Promise.resolve(id === rollout.id ? rollout : null),
    latestOn: (platform) => Promise.resolve(rollout.platforms.includes(platform) ? rollout : null),
    settled: () => Promise.resolve([]),
    knownVersions: () => Promise.resolve(new Set([rollout.candidate, stable_version])),
    seen: () => Promise.resolve(),
    noteVerdict: (_id, verdict) => {
      told.push({ what: "note", verdict });
      return Promise.resolve();
    },
    rollBack: (_id, verdict) => {
      told.push({ what: "roll-back", verdict });
      return Promise.resolve();
    },
    firstFailed: () => Promise.resolve(),
    lastSwitched: () => Promise.resolve(),
    callPerson: (_id, why) => {
      told.push({ what: "call", verdict: why });
      return Promise.resolve();
    },
    ...over,
  };
  return { port, told };
}

/** Signals over a database of their own. */
export type Scene = {
  readonly database: Database;
  readonly clock: FakeClock;
  readonly signals: Signals;
  readonly told: readonly Told[];
  /** Signals of another process over the same database. */
  readonly another: (over?: Partial<SignalsDeps>) => Signals;
  /** Counts until nothing is left. */
  readonly settle: () => Promise<void>;
  /** Lets time pass as it passes while control is there. */
  readonly pass: (ms: number) => Promise<void>;
  readonly deliver: (signals: readonly unknown[]) => ReturnType<Signals["intake"]>;
  readonly close: () => Promise<void>;
};

/** Makes a scene; the clock stands one minute after the rollout's start. */
export async function createScene(over: Partial<SignalsDeps> = {}): Promise<Scene> {
  const made = await createTestDatabase({ modules: [signalsMigrations], role: "mainstay_control" });
  const database = createDatabase({ url: made.url, connections_max: 6, applicationName: "test" });
  const clock = fakeClock("2026-11-22T12:01:00.000Z");
  const { port, told } = fakeRollouts();
  const another = (more: Partial<SignalsDeps> = {}): Signals =>
    createSignals({
      database,
      clock,
      log: createLogger({ name: "test", level: "silent" }),
      rollouts: port,
      ...over,
      ...more,
    });
  const signals = another();
  const settle = async (): Promise<void> => {
    while (await signals.work());
  };
  // Control is there before anything happens.
  await settle();
  return {
    database,
    clock,
    signals,
    told,
    another,
    settle,
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= 4_000) {
        clock.advance(Math.min(left, 4_000));
        await settle();
      }
    },
    deliver: (delivery) => signals.intake(delivery),
    close: async () => {
      await database.close();
      await made.drop();
    },
  };
}

/** The id of the n-th installation. */
export function installationOf(n: number): string {
  return `ins_${String(n).padStart(22, "0")}`;
}

/** An activation of the n-th installation: proven, on the candidate, on iOS, unless said otherwise. */
export function activationOf(n: number, over: Partial<Activation> = {}): Activation {
  const arm = over.arm ?? "candidate";
  return {
    nonce: `nonce-of-${String(n).padStart(12, "0")}`,
    installation: installationOf(n),
    version: arm === "candidate" ? rollout.candidate : stable_version,
    platform: "ios",
    os: "ios-18",
    rollout: rollout.id,
    arm,
    device: "returning",
    customer: `cus-${n}`,
    issuedAt: "2026-11-22T12:00:10.000Z",
    ...over,
  };
}

/** A signal of the n-th installation; a log-in of the attempt `<n>-<tap>`. */
export function signalOf(
  kind: Signal["kind"],
  n: number,
  over: Partial<Omit<Signal, "activation">> & { activation?: Partial<Activation>; tap?: number } = {},
): Signal {
  const { activation, tap = 1, ...rest } = over;
  const isLogin = kind.startsWith("login-") && kind !== "login-offered";
  const at = rest.at ?? "2026-11-22T12:00:30.000Z";
  return {
    id: `${kind}:${n}:${tap}`,
    kind,
    at,
    activation: activationOf(n, activation),
    attempt: isLogin ? `attempt-${n}-${tap}` : null,
    begunAt: at,
    way: isLogin ? "passkey" : null,
    protocol: isLogin ? "login/1" : null,
    customer: null,
    reason: kind === "login-failed" ? "login_protocol_unsupported" : null,
    ...rest,
  };
}

/** A signal as counting reads it, received when it happened. */
export function arrivalOf(signal: Signal): Arrival {
  return {
    ...factsOf(signal),
    number: 1n,
    receivedAt: Date.parse(signal.at),
    at: Date.parse(signal.at),
    begunAt: Date.parse(signal.begunAt),
  };
}
