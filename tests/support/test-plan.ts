import type { Plan, PlannedRollout, PlatformPlan, Signal } from "@mainstay/wire";
import type { KnownPlan, PlanSource } from "../../apps/edge/assignments/plan-keeper.ts";

/** What tests say of a platform; nothing else is planned there. */
const nothing: PlatformPlan = {
  stable: null,
  previous: null,
  rollout: null,
  recommended: null,
  minimum: null,
  storeUrl: null,
};

/** A rollout of a version to everybody, unless something else is said. */
export function plannedRollout(candidate: string, change: Partial<PlannedRollout> = {}): PlannedRollout {
  return {
    id: "rol_0000000000000000000001",
    candidate,
    salt: "salt of the test's own",
    share: 1,
    state: "running",
    startedAt: "2026-11-22T11:00:00.000Z",
    ...change,
  };
}

/** A plan for every platform alike. */
export function planOf(platform: Partial<PlatformPlan>, takenBack: readonly string[] = []): Plan {
  const whole = { ...nothing, ...platform };
  return {
    epoch: 1,
    platforms: { ios: whole, android: whole, web: whole },
    takenBack: takenBack.map((version) => ({ version, platforms: ["ios", "android", "web"] })),
  };
}

/** Control, as the edge sees it: a plan that the test sets, and the signals that were handed in. */
export function createTestControl() {
  const listeners: (() => void)[] = [];
  let known: KnownPlan = { plan: null, emergency: [] };
  const control = { age_ms: 0, isAway: false, signals: [] as Signal[] };
  const plan: PlanSource = {
    known: () => known,
    ageMs: () => control.age_ms,
    onChange: (listener) => void listeners.push(listener),
  };
  return {
    plan,
    control,
    sendSignals: (signals: readonly Signal[]) => {
      if (control.isAway) return Promise.reject(new Error("control is away"));
      control.signals.push(...signals);
      return Promise.resolve({ taken: signals.length, refused: [] });
    },
    /** Changes who gets what, as control would. */
    set: (next: Plan) => {
      known = { ...known, plan: next };
      for (const listener of listeners) listener();
    },
  };
}
