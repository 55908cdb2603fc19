import type { Component, Platform, ProbeName } from "@mainstay/wire";

/** What a probe measures, in the order in which it does. */
export const probed_components = ["log-in", "balances", "payments"] as const satisfies readonly Component[];
export type ProbedComponent = (typeof probed_components)[number];

/** A version that customers have, and so is probed. */
export type Lane = {
  readonly version: string;
  /** The login protocol that its manifest declares. */
  readonly protocol: string;
  /** `candidate`: the new version of a running rollout. */
  readonly of: "stable" | "candidate";
  readonly platforms: readonly Platform[];
};

/** How a probe went about it: by the protocol, or in a real browser with the version's own bundle. */
export type ProbeKind = "protocol" | "browser";

/** What became of one component; `skipped` proves nothing. */
export type Outcome = "passed" | "failed" | "skipped";

/** How one probe ended. */
export type ProbeResult = Lane & {
  readonly kind: ProbeKind;
  readonly at: Date;
  readonly took_ms: number;
  readonly outcomes: Readonly<Record<ProbedComponent, Outcome>>;
  /** What failed first, as a sentence for staff; null where nothing did. */
  readonly reason: string | null;
};

/** The synthetic customers who pay one another. */
export type PayerName = Exclude<ProbeName, "browser">;

/** A penny on its way from one synthetic customer to the other. */
export type Penny = {
  readonly paymentId: string;
  readonly payer: PayerName;
  readonly reference: string;
  readonly orderedAt: Date;
  /** From when on it must have arrived; null while it isn't known whether it was approved. */
  readonly dueAt: Date | null;
};

/** One component on one version, as probes have measured it lately. */
export type Measure = {
  readonly component: ProbedComponent;
  readonly version: string;
  readonly of: Lane["of"];
  readonly platforms: readonly Platform[];
  readonly kind: ProbeKind;
  /** When it was measured last. */
  readonly at: Date;
  readonly hasPassed: boolean;
  /** How many of the latest measurements in a row failed, and how many passed, up to `streak_length`. */
  readonly failedInRow: number;
  readonly passedInRow: number;
  /** Whether three in a row have failed since three in a row passed. */
  readonly isFailing: boolean;
};

/** A failing probe, as incidents are told of it. */
export type FailingProbe = {
  readonly component: Component;
  /** Null where it is what everybody has. */
  readonly version: string | null;
  readonly platform: Platform | null;
  readonly sentence: string;
  readonly at: Date;
};

/** Where failing probes are told: control fills it with incidents. Each may be told more than once. */
export type ProbeIncidents = {
  readonly openFromProbe: (failing: FailingProbe) => Promise<unknown>;
  readonly probeRecovered: (recovered: FailingProbe) => Promise<unknown>;
};
