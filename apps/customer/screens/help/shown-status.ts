import type { Component, ComponentState, Status } from "@mainstay/wire";

/** A measurement that is older proves nothing about now, in milliseconds: probes run every 30 seconds. */
const measured_ms_max = 3 * 60_000;

/** Says whether what was measured still tells how things are now. */
export function isFresh(status: Pick<Status, "measuredAt">, now: Date): boolean {
  const { measuredAt } = status;
  return measuredAt !== null && now.getTime() - Date.parse(measuredAt) <= measured_ms_max;
}

/** How a component is shown: what worked when it was measured long ago isn't known to work now. */
export function shownState(
  status: Pick<Status, "measuredAt" | "components">,
  id: Component,
  now: Date,
): ComponentState {
  const state = status.components.find((component) => component.id === id)?.state ?? "unknown";
  return state === "works" && !isFresh(status, now) ? "unknown" : state;
}
