/**
 * How long a bundle that was activated in the foreground may take to stand, in milliseconds (DESIGN.md §7.5).
 */
export const boot_ms_max = 5_000;
/** A version's name: three numbers, as in semantic versioning. */
export const version_pattern = /^\d{1,9}\.\d{1,9}\.\d{1,9}$/;
/** How many verified bundles are kept to start from: the present one and the one before it. */
export const kept_bundles_max = 2;
/** How many failed versions an installation remembers. */
export const quarantined_max = 8;

/** What the boot layer remembers from one page load to the next. */
export type BootMemory = {
  /** Versions that have stood here, newest first: what can be gone back to. */
  readonly good: readonly string[];
  /** Versions that failed here: not started again while there is another. */
  readonly quarantined: readonly string[];
};

/** Why the app could not be started, as the person is told. */
export type BootFailure = "unreachable" | "damaged" | "slow" | "crashed";

/** A bundle on its way: the version, and the edge's single-use nonce, which only the assigned version has. */
type Candidate = { readonly version: string; readonly activation: string | null };

export type BootState =
  | { readonly name: "assigning"; readonly memory: BootMemory }
  | {
      readonly name: "loading";
      readonly memory: BootMemory;
      readonly candidate: Candidate;
      /** Versions that this page has failed to load already: each is tried once. */
      readonly tried: readonly string[];
    }
  | {
      readonly name: "starting";
      readonly memory: BootMemory;
      readonly candidate: Candidate;
      readonly foregroundMs: number;
    }
  | { readonly name: "running"; readonly memory: BootMemory; readonly candidate: Candidate }
  | { readonly name: "stuck"; readonly memory: BootMemory; readonly failure: BootFailure }
  | { readonly name: "restarting"; readonly memory: BootMemory };

export type BootEvent =
  | { readonly type: "assigned"; readonly version: string; readonly activation: string }
  | { readonly type: "assignment-failed" }
  | { readonly type: "verified" }
  | { readonly type: "load-failed"; readonly reason: "unreachable" | "damaged" }
  /** Time that has passed while the page was in the foreground. */
  | { readonly type: "passed"; readonly foregroundMs: number }
  | { readonly type: "crashed" }
  | { readonly type: "booted" }
  /** The person asked for another try, or the network came back. */
  | { readonly type: "retried" };

/** What the page does after a transition, in the order given. */
export type BootEffect =
  | { readonly type: "ask" }
  | { readonly type: "load"; readonly version: string }
  | { readonly type: "start"; readonly candidate: Candidate }
  | { readonly type: "remember"; readonly memory: BootMemory }
  /** Keep this version's verified files for an offline start. */
  | { readonly type: "keep"; readonly version: string }
  | { readonly type: "tell"; readonly failure: BootFailure }
  | { readonly type: "reveal" }
  /** Load the page again: a module that has run can't be taken out of a page. */
  | { readonly type: "restart" };

export type BootStep = { readonly state: BootState; readonly effects: readonly BootEffect[] };

type StateOf<Name extends BootState["name"]> = Extract<BootState, { name: Name }>;
type EventOf<Type extends BootEvent["type"]> = Extract<BootEvent, { type: Type }>;
type Table = {
  readonly [Name in BootState["name"]]: {
    readonly [Type in BootEvent["type"]]?: (state: StateOf<Name>, event: EventOf<Type>) => BootStep;
  };
};

function load(memory: BootMemory, candidate: Candidate, tried: readonly string[] = []): BootStep {
  return {
    state: { name: "loading", memory, candidate, tried },
    effects: [{ type: "load", version: candidate.version }],
  };
}

function stuck(memory: BootMemory, failure: BootFailure): BootStep {
  return { state: { name: "stuck", memory, failure }, effects: [{ type: "tell", failure }] };
}

/** The newest version that has stood here and isn't one of the failing. */
function fallbackOf(memory: BootMemory, failing: readonly string[]): string | null {
  const usable = (version: string) => !failing.includes(version) && !memory.quarantined.includes(version);
  return memory.good.find(usable) ?? null;
}

function quarantine(memory: BootMemory, version: string): BootMemory {
  const others = memory.quarantined.filter((known) => known !== version);
  return { ...memory, quarantined: [version, ...others].slice(0, quarantined_max) };
}

/**
 * A version that ran and failed: quarantined where there is another to go back to, else the person is told.
 */
function failedWhileStarting(state: StateOf<"starting">, failure: "slow" | "crashed"): BootStep {
  const { candidate, memory } = state;
  if (fallbackOf(memory, [candidate.version]) === null) {
    // It stays in `starting`: with nothing to go back to, a late start is better than none.
    return {
      state: { ...state, foregroundMs: Number.NEGATIVE_INFINITY },
      effects: [{ type: "tell", failure }],
    };
  }
  const changed = quarantine(memory, candidate.version);
  return {
    state: { name: "restarting", memory: changed },
    effects: [{ type: "remember", memory: changed }, { type: "restart" }],
  };
}

const restart = (state: BootState): BootStep => ({
  state: { name: "restarting", memory: state.memory },
  effects: [{ type: "restart" }],
});

/** Every transition there is. An event that a state doesn't list changes nothing. */
const transitions: Table = {
  assigning: {
    assigned: ({ memory }, { version, activation }) => {
      const fallback = memory.quarantined.includes(version) ? fallbackOf(memory, [version]) : null;
      return load(
        memory,
        fallback === null ? { version, activation } : { version: fallback, activation: null },
      );
    },
    "assignment-failed": ({ memory }) => {
      const last = fallbackOf(memory, []);
      return last === null ? stuck(memory, "unreachable") : load(memory, { version: last, activation: null });
    },
  },
  loading: {
    verified: ({ memory, candidate }) => ({
      state: { name: "starting", memory, candidate, foregroundMs: 0 },
      effects: [{ type: "start", candidate }],
    }),
    "load-failed": ({ memory, candidate, tried }, { reason }) => {
      // A bundle that could not be fetched proves nothing against it; one that isn't what its manifest says
      // does.
      const known = reason === "damaged" ? quarantine(memory, candidate.version) : memory;
      const failed = [...tried, candidate.version];
      const fallback = fallbackOf(known, failed);
      const next =
        fallback === null
          ? stuck(known, reason)
          : load(known, { version: fallback, activation: null }, failed);
      return known === memory
        ? next
        : { ...next, effects: [{ type: "remember", memory: known }, ...next.effects] };
    },
  },
  starting: {
    booted: ({ memory, candidate }) => {
      const good = [candidate.version, ...memory.good.filter((version) => version !== candidate.version)];
      const changed = {
        good: good.slice(0, kept_bundles_max),
        quarantined: memory.quarantined.filter((version) => version !== candidate.version),
      };
      return {
        state: { name: "running", memory: changed, candidate },
        effects: [
          { type: "reveal" },
          { type: "remember", memory: changed },
          { type: "keep", version: candidate.version },
        ],
      };
    },
    crashed: (state) => failedWhileStarting(state, "crashed"),
    passed: (state, { foregroundMs }) => {
      const total = state.foregroundMs + foregroundMs;
      if (total >= boot_ms_max) return failedWhileStarting(state, "slow");
      return { state: { ...state, foregroundMs: total }, effects: [] };
    },
    retried: restart,
  },
  running: {},
  stuck: { retried: restart },
  restarting: {},
};

/** The first step of every page load. */
export function beginBoot(memory: BootMemory): BootStep {
  return { state: { name: "assigning", memory }, effects: [{ type: "ask" }] };
}

/** The boot layer's whole logic: pure, so that the page, its tests and a simulated fleet run the same. */
export function bootTransition(state: BootState, event: BootEvent): BootStep {
  const handlers = transitions[state.name] as Partial<
    Record<BootEvent["type"], (state: BootState, event: BootEvent) => BootStep>
  >;
  return handlers[event.type]?.(state, event) ?? { state, effects: [] };
}
