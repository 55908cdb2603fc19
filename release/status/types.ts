import type {
  Component,
  ComponentState,
  IncidentSource,
  IncidentState,
  Platform,
  PublicIncident,
} from "@mainstay/wire";

/** The components that the bank offers: what is judged. */
export const offered_components = ["log-in", "balances", "payments"] as const satisfies readonly Component[];
export type OfferedComponent = (typeof offered_components)[number];

/** How an offered component stands. */
export type MeasuredState = Exclude<ComponentState, "not-offered">;

/** How an incident stands, for the public. */
export type PublicState = PublicIncident["state"];

/** What probes say of one component on one version that customers have. */
export type Measure = {
  readonly component: Component;
  readonly version: string;
  readonly of: "stable" | "candidate";
  readonly at: Date;
  readonly hasPassed: boolean;
  /** Whether three in a row have failed since three in a row passed. */
  readonly isFailing: boolean;
};

/** Where measurements come from. */
export type ProbesPort = {
  readonly measures: () => Promise<readonly Measure[]>;
  readonly measuredAt: () => Promise<Date | null>;
};

/** What status must know of an incident. */
export type IncidentFacts = {
  readonly id: string;
  readonly number: string;
  readonly state: IncidentState;
  readonly severity: number;
  readonly source: IncidentSource;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
  /** When what it is about was last taken back; null where it wasn't. */
  readonly takenBackAt: Date | null;
  readonly scope: {
    readonly versions: readonly string[];
    readonly platforms: readonly Platform[];
    readonly components: readonly Component[];
    readonly from: Date;
    readonly until: Date | null;
  };
};

/** A line in an incident's timeline. */
export type IncidentLine = {
  readonly kind: "status";
  readonly title: string;
  readonly detail: string | null;
  readonly at: Date;
  readonly by: { readonly id: string; readonly name: string } | null;
  readonly happening: string;
};

/** Where incidents come from; control fills it. */
export type IncidentsPort = {
  /** Open ones first, then the newest. */
  readonly list: () => Promise<readonly IncidentFacts[]>;
  /** How many were kept out, and how many of them are back. */
  readonly peopleOf: (incidentId: string) => Promise<{ readonly people: number; readonly back: number }>;
  readonly record: (incidentId: string, line: IncidentLine) => Promise<void>;
};

/** How a component stands from a time on. */
export type Change = { readonly state: MeasuredState; readonly at: Date };

/** What staff have made worse by hand. */
export type Override = {
  readonly component: OfferedComponent;
  readonly state: MeasuredState;
  readonly by: { readonly id: string; readonly name: string };
  readonly at: Date;
  readonly reason: string;
};
