import type { Component, ComponentState, IncidentState } from "@mainstay/wire";
import type { IncidentFacts, MeasuredState, Measure, OfferedComponent, PublicState } from "./types.ts";

/** How bad each state is; the worse of two has the greater number. */
const badness: Readonly<Record<MeasuredState, number>> = { works: 0, unknown: 1, partly: 2, down: 3 };

/** The worst of some states; `works` where there are none. */
export function worstOf(states: readonly MeasuredState[]): MeasuredState {
  return states.reduce((worst, state) => (badness[state] > badness[worst] ? state : worst), "works");
}

/** Whether one state is worse than another. */
export function isWorse(one: MeasuredState, other: MeasuredState): boolean {
  return badness[one] > badness[other];
}

/**
 * What probes say of a component: `unknown` where a stable version wasn't measured lately, `down` where every
 * stable version fails and none has passed since, `partly` where any version that customers have didn't pass
 * the last time or hasn't passed often enough again, `works` else.
 */
export function stateByProbes(
  component: Component,
  measures: readonly Measure[],
  since: Date,
): MeasuredState {
  const own = measures.filter((measure) => measure.component === component);
  const stable = own.filter(({ of }) => of === "stable");
  const isStale = stable.some(({ at }) => at < since);
  if (stable.length === 0 || isStale) return "unknown";
  const fresh = own.filter(({ at }) => at >= since);
  const failing = new Set(fresh.filter(({ isFailing }) => isFailing).map(({ version }) => version));
  const hasAnyPassed = fresh.some(({ of, hasPassed }) => of === "stable" && hasPassed);
  if (!hasAnyPassed && stable.every(({ version }) => failing.has(version))) return "down";
  return fresh.every(({ hasPassed, isFailing }) => hasPassed && !isFailing) ? "works" : "partly";
}

/** An incident that makes things worse: open, and not only watched any more. */
const worsening: Readonly<Record<IncidentState, boolean>> = {
  triage: true,
  investigating: true,
  identified: true,
  monitoring: false,
  resolved: false,
  merged: false,
};

/** What open incidents say of a component, by their scope; one of the worst that is everybody's is `down`. */
export function stateByIncidents(component: Component, incidents: readonly IncidentFacts[]): MeasuredState {
  return worstOf(
    incidents
      .filter((incident) => isPublic(incident) && worsening[incident.state])
      .filter(({ scope }) => scope.components.length === 0 || scope.components.includes(component))
      .map(({ severity, scope }) => {
        const isEverybodys = scope.versions.length === 0 && scope.platforms.length === 0;
        return severity === 1 && isEverybodys && scope.components.length > 0 ? "down" : "partly";
      }),
  );
}

/** Whether the public reads of an incident: not of the ledger's own bookkeeping, nor of duplicates. */
export function isPublic({ source, state }: Pick<IncidentFacts, "source" | "state">): boolean {
  return source !== "ledger" && state !== "merged";
}

/** How an incident stands for the public; null for one that goes on as another. */
export function publicStateOf(state: IncidentState): PublicState | null {
  switch (state) {
    case "triage":
    case "investigating":
      return "looking-into-it";
    case "identified":
      return "cause-found";
    case "monitoring":
      return "watching";
    case "resolved":
      return "works-again";
    case "merged":
      return null;
    default:
      return state satisfies never;
  }
}

/** How a component stands, by all that is known: never better than what probes have measured. */
export function judge(given: {
  readonly component: OfferedComponent;
  readonly measures: readonly Measure[];
  /** What was measured before this says nothing of now. */
  readonly since: Date;
  readonly incidents: readonly IncidentFacts[];
  readonly override: MeasuredState | null;
}): { readonly measured: MeasuredState; readonly state: MeasuredState } {
  const { component, measures, since, incidents, override } = given;
  const measured = worstOf([
    stateByProbes(component, measures, since),
    stateByIncidents(component, incidents),
  ]);
  return { measured, state: override === null ? measured : worstOf([measured, override]) };
}

/** What the head of the page goes by: the worst of what is offered. */
export function overallOf(states: readonly ComponentState[]): ComponentState {
  return worstOf(states.filter((state) => state !== "not-offered"));
}
