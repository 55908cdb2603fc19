import type { client_refusal_codes } from "@mainstay/wire";
import {
  kept_bundles_max,
  quarantined_max,
  type BootEffect,
  type BootEvent,
  type BootFailure,
  type BootMemory,
  type BootState,
  type BootStep,
  type Candidate,
  type Common,
  type LeaveReason,
  type ReportKind,
} from "./state-types.ts";

export * from "./state-types.ts";

/**
 * How long a bundle that was activated in the foreground may take to stand, in milliseconds (DESIGN.md §7.5).
 */
export const boot_ms_max = 5_000;
/**
 * How long a page that was itself started by a swap stays before the next one, in milliseconds in the
 * foreground: two edges that don't agree yet can't keep a page from being used.
 */
export const swap_again_ms_min = 10_000;
/** The refusals that mean "this client, not this customer" (the wire's closed list, exhaustively). */
const client_refusals: Readonly<Record<(typeof client_refusal_codes)[number], true>> = {
  login_protocol_unsupported: true,
  client_version_unsupported: true,
  client_proof_invalid: true,
};

type StateOf<Name extends BootState["name"]> = Extract<BootState, { name: Name }>;
type EventOf<Type extends BootEvent["type"]> = Extract<BootEvent, { type: Type }>;
type Table = {
  readonly [Name in BootState["name"]]: {
    readonly [Type in BootEvent["type"]]?: (state: StateOf<Name>, event: EventOf<Type>) => BootStep;
  };
};
type OnItsWay = StateOf<"starting"> | StateOf<"running">;

function first(list: readonly string[], version: string, length_max: number): readonly string[] {
  return [version, ...list.filter((known) => known !== version)].slice(0, length_max);
}

const without = (list: readonly string[], version: string) => list.filter((known) => known !== version);

/**
 * The versions that are kept here for a start without the network: the last that stood, and one that works.
 */
export function keptBundles({ good, stood }: BootMemory): readonly string[] {
  const wanted = [stood[0], good.find((version) => version !== stood[0]), ...stood, ...good];
  const versions = wanted.filter((version) => version !== undefined);
  return [...new Set(versions)].slice(0, kept_bundles_max);
}

/** The newest version that has logged in here and isn't one of the failing. */
function healthyOf(memory: BootMemory, failing: readonly string[]): string | null {
  const usable = (version: string) => !failing.includes(version) && !memory.quarantined.includes(version);
  return memory.good.find(usable) ?? null;
}

/** What to start where the edge can't be asked: what stood last here, then what has logged in. */
function localOf(memory: BootMemory, tried: readonly string[]): string | null {
  const untried = [...memory.stood, ...memory.good].filter((version) => !tried.includes(version));
  return untried.find((version) => !memory.quarantined.includes(version)) ?? untried[0] ?? null;
}

function quarantine(memory: BootMemory, version: string): BootMemory {
  return { ...memory, quarantined: first(memory.quarantined, version, quarantined_max) };
}

/** A report, where there is an activation to make it by. */
function report(candidate: Candidate, kind: ReportKind, reason: string | null = null): BootEffect[] {
  const { activation } = candidate;
  return activation === null ? [] : [{ type: "report", kind, reason, activation }];
}

/** Makes a report of a start, once. */
function reportOnce<State extends OnItsWay>(state: State, kind: ReportKind, reason?: string): BootStep {
  if (state.reported.includes(kind)) return { state, effects: [] };
  const reported = [...state.reported, kind];
  return { state: { ...state, reported }, effects: report(state.candidate, kind, reason) };
}

function load(state: Common & { readonly tried: readonly string[] }, candidate: Candidate): BootStep {
  const { memory, told, tried } = state;
  return {
    state: { name: "loading", memory, told, tried, candidate },
    effects: [{ type: "load", version: candidate.version }],
  };
}

function stuck({ memory, told }: Common, failure: BootFailure): BootStep {
  return { state: { name: "stuck", memory, told, failure }, effects: [{ type: "tell", failure }] };
}

/** Starts what is kept here, or says why there is nothing to start. */
function loadLocal(state: Common & { readonly tried: readonly string[] }, failure: BootFailure): BootStep {
  const local = localOf(state.memory, state.tried);
  if (local === null) return stuck(state, failure);
  return load(state, { version: local, activation: null, update: { kind: "none" } });
}

/** Leaves a version for good: the page is loaded again, and whatever it still says counts for nothing. */
function leave(state: OnItsWay, memory: BootMemory, reason: LeaveReason): BootStep {
  const left: BootMemory = { ...memory, left: { version: state.candidate.version, reason } };
  return {
    state: { name: "restarting", memory: left, told: state.told },
    effects: [
      { type: "remember", memory: left },
      ...report(state.candidate, "fell-back", reason),
      { type: "restart" },
    ],
  };
}

/**
 * A version failed here. With one to fall back to it is left at once; else the edge is asked for another
 * while this one goes on: a late start is better than none.
 */
function failed(state: OnItsWay, reason: "refused" | "crashed" | "slow"): BootStep {
  const { candidate, memory } = state;
  const isTimed = state.name === "starting" && reason !== "refused";
  const untimed = { ...state, foregroundMs: Number.NEGATIVE_INFINITY };
  const said = isTimed ? report(candidate, "boot-failed", reason) : [];
  if (state.asking !== null || memory.quarantined.includes(candidate.version)) {
    // It failed here before, and is here again for want of another.
    return isTimed
      ? { state: untimed, effects: [...said, { type: "tell", failure: reason }] }
      : { state, effects: [] };
  }
  const changed = quarantine(memory, candidate.version);
  if (healthyOf(changed, []) !== null) {
    const left = leave(state, changed, reason);
    return { ...left, effects: [...said, ...left.effects] };
  }
  const told = [...state.told, candidate.version];
  return {
    state: { ...(isTimed ? untimed : state), memory: changed, told, asking: reason },
    effects: [...said, { type: "remember", memory: changed }, { type: "ask", failed: candidate.version }],
  };
}

/** The edge's word for a page that has nothing yet. */
function assigned(state: StateOf<"assigning">, given: EventOf<"assigned">): BootStep {
  const { version, activation, update, healthy } = given;
  const memory = { ...state.memory, good: healthy.slice(0, kept_bundles_max) };
  const noted: BootEffect[] = [{ type: "remember", memory }];
  const told = { ...state, memory };
  const then = (step: BootStep): BootStep => ({ ...step, effects: [...noted, ...step.effects] });
  if (update.kind === "required") {
    const from = memory.stood[0] ?? version;
    return then({
      state: { name: "updating", memory, told: state.told },
      effects: [{ type: "tell-update", from, update }],
    });
  }
  if (memory.quarantined.includes(version) && !state.told.includes(version)) {
    return then({
      state: { ...told, told: [...state.told, version] },
      effects: [{ type: "ask", failed: version }],
    });
  }
  if (state.tried.includes(version)) return then(loadLocal(told, "damaged"));
  const works = memory.quarantined.includes(version) ? healthyOf(memory, [version, ...state.tried]) : null;
  return then(
    load(
      told,
      works === null ? { version, activation, update } : { version: works, activation: null, update },
    ),
  );
}

/** The edge's word for a page whose version failed with nothing here to go back to. */
function assignedInstead(state: OnItsWay, given: EventOf<"assigned">): BootStep {
  const { asking, candidate } = state;
  if (asking === null) return { state, effects: [] };
  if (given.version !== candidate.version) return leave(state, state.memory, asking);
  return notReplaced(state);
}

/** There is no other version to have: the person is told where the first screen is missing. */
function notReplaced(state: OnItsWay): BootStep {
  const { asking } = state;
  const still: BootStep = { state: { ...state, asking: null }, effects: [] };
  if (state.name === "running" || asking === null || asking === "refused") return still;
  return { ...still, effects: [{ type: "tell", failure: asking }] };
}

function loadFailed(state: StateOf<"loading">, { reason }: EventOf<"load-failed">): BootStep {
  const { candidate, told } = state;
  const tried = [...state.tried, candidate.version];
  // A bundle that could not be fetched proves nothing against it; one that isn't what was signed does.
  if (reason === "unreachable") return loadLocal({ ...state, tried }, reason);
  const memory: BootMemory = {
    ...quarantine(state.memory, candidate.version),
    left: { version: candidate.version, reason },
  };
  const said: BootEffect[] = [
    { type: "remember", memory },
    ...report(candidate, "boot-failed", reason),
    ...report(candidate, "fell-back", reason),
  ];
  if (candidate.activation === null || told.includes(candidate.version)) {
    const next = loadLocal({ memory, told, tried }, reason);
    return { ...next, effects: [...said, ...next.effects] };
  }
  return {
    state: { name: "assigning", memory, told: [...told, candidate.version], tried },
    effects: [...said, { type: "ask", failed: candidate.version }],
  };
}

function booted(state: StateOf<"starting">): BootStep {
  const { candidate } = state;
  const stood = first(state.memory.stood, candidate.version, kept_bundles_max);
  const memory: BootMemory = { ...state.memory, stood, left: null };
  const said = state.reported.includes("activated") ? report(candidate, "booted") : [];
  return {
    state: { ...state, name: "running", memory, foregroundMs: Math.max(state.foregroundMs, 0) },
    effects: [
      { type: "reveal" },
      { type: "remember", memory },
      ...said,
      { type: "keep", versions: keptBundles(memory) },
    ],
  };
}

function healthy(state: OnItsWay, { versions }: EventOf<"healthy">): BootStep {
  const good = versions.slice(0, kept_bundles_max);
  const works = good.includes(state.candidate.version);
  const quarantined = works
    ? without(state.memory.quarantined, state.candidate.version)
    : state.memory.quarantined;
  const memory = { ...state.memory, good, quarantined };
  return {
    state: { ...state, memory },
    effects: [
      { type: "remember", memory },
      { type: "keep", versions: keptBundles(memory) },
    ],
  };
}

/** Changes to another version because this one was taken back: it is gone from what may be begun with. */
function swap(state: OnItsWay, { version }: EventOf<"swap">): BootStep {
  const { candidate, memory, foregroundMs, switched } = state;
  if (version === candidate.version) return { state, effects: [] };
  const isSoon = switched === "taken-back" && foregroundMs >= 0 && foregroundMs < swap_again_ms_min;
  if (isSoon) return { state: { ...state, swap: version }, effects: [] };
  const good = without(memory.good, candidate.version);
  return leave(state, { ...memory, good, stood: without(memory.stood, candidate.version) }, "taken-back");
}

function passed(state: OnItsWay, { foregroundMs }: EventOf<"passed">): BootStep {
  const total = state.foregroundMs + foregroundMs;
  const later = { ...state, foregroundMs: total };
  if (state.swap !== null && total >= swap_again_ms_min) {
    return swap({ ...later, swap: null }, { type: "swap", version: state.swap });
  }
  return state.name === "starting" && total >= boot_ms_max
    ? failed(later, "slow")
    : { state: later, effects: [] };
}

function refused(state: OnItsWay, { code }: EventOf<"refused">): BootStep {
  return Object.hasOwn(client_refusals, code) ? failed(state, "refused") : { state, effects: [] };
}

const restart = ({ memory, told }: BootState): BootStep => ({
  state: { name: "restarting", memory, told },
  effects: [{ type: "restart" }],
});

/** What a bundle may say, and be told, from its start to its end. */
const on_its_way = {
  refused,
  swap,
  passed,
  healthy,
  assigned: assignedInstead,
  "assignment-failed": notReplaced,
  "login-offered": (state: OnItsWay) => reportOnce(state, "login-offered"),
  "logged-in": (state: OnItsWay): BootStep => ({
    state,
    effects: [{ type: "ask-healthy", running: state.candidate.version }],
  }),
};

/** Every transition there is. An event that a state doesn't list changes nothing. */
const transitions: Table = {
  assigning: {
    assigned,
    "assignment-failed": (state) => loadLocal(state, state.tried.length === 0 ? "unreachable" : "damaged"),
  },
  loading: {
    "load-failed": loadFailed,
    verified: ({ memory, told, candidate }, { visible }) => {
      const { left } = memory;
      const switched = left === null || left.version === candidate.version ? null : left.reason;
      const starting: StateOf<"starting"> = {
        ...{ name: "starting", memory, told, candidate, switched },
        ...{ foregroundMs: 0, reported: [], asking: null, swap: null },
      };
      const seen = visible ? reportOnce(starting, "activated") : { state: starting, effects: [] };
      return { ...seen, effects: [...seen.effects, { type: "start", candidate, switched }] };
    },
  },
  starting: {
    ...on_its_way,
    booted,
    crashed: (state) => failed(state, "crashed"),
    shown: (state) => reportOnce(state, "activated"),
    // Out of sight, a bundle that doesn't stand proves nothing.
    hidden: (state) =>
      state.reported.includes("activated") ? reportOnce(state, "boot-hidden") : { state, effects: [] },
    retried: restart,
  },
  running: { ...on_its_way, crashed: (state) => reportOnce(state, "crashed") },
  stuck: { retried: restart },
  updating: { retried: restart },
  restarting: {},
};

/** The first step of every page load: the edge is asked, and told of the version that failed before it. */
export function beginBoot(memory: BootMemory): BootStep {
  const { left } = memory;
  const failing = left === null || left.reason === "taken-back" ? null : left.version;
  return {
    state: { name: "assigning", memory, told: failing === null ? [] : [failing], tried: [] },
    effects: [{ type: "ask", failed: failing }],
  };
}

/** The boot layer's whole logic: pure, so that the page, its tests and a simulated fleet run the same. */
export function bootTransition(state: BootState, event: BootEvent): BootStep {
  const handlers = transitions[state.name] as Partial<
    Record<BootEvent["type"], (state: BootState, event: BootEvent) => BootStep>
  >;
  return handlers[event.type]?.(state, event) ?? { state, effects: [] };
}
