import type { IncidentState } from "@mainstay/wire";

/** How an incident goes on. Merging is a command of its own. */
type Next = Exclude<IncidentState, "merged">;

/**
 * The state machine of incidents, whole. What isn't written here can't happen. A resolved one that shows
 * itself again is watched again; a merged one is over.
 */
export const transitions: Readonly<Record<IncidentState, readonly Next[]>> = {
  triage: ["investigating", "identified", "monitoring", "resolved"],
  investigating: ["identified", "monitoring", "resolved"],
  identified: ["investigating", "monitoring", "resolved"],
  monitoring: ["investigating", "identified", "resolved"],
  resolved: ["monitoring"],
  merged: [],
};

/** The states in which somebody still works on it: it can be merged, and joined by what belongs there. */
export const open_states = ["triage", "investigating", "identified", "monitoring"] as const;

/** Says whether somebody still works on it. */
export function isOpen(state: IncidentState): boolean {
  return open_states.some((open) => open === state);
}

/** Says whether an incident may go from one state to another. */
export function mayGo(from: IncidentState, to: IncidentState): boolean {
  return transitions[from].some((next) => next === to);
}
