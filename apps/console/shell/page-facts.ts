import { useEffect, useSyncExternalStore } from "react";

/** A step of the way to the page that is shown; the last one, the page itself, leads nowhere. */
export type TrailStep = {
  readonly name: string;
  readonly to: string | null;
};

/** What a page tells the frame around it. */
type PageFacts = {
  readonly trail: readonly TrailStep[];
  /** When the last signal came in that the page's figures are made of. */
  readonly signalAt: string | null;
};

const nothing: PageFacts = { trail: [], signalAt: null };
let current = nothing;
const listeners = new Set<() => void>();

function replace(facts: PageFacts): void {
  current = facts;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Tells the frame where one is, and how fresh the figures are, while a page is shown. */
export function usePageFacts(trail: readonly TrailStep[], signalAt: string | null = null): void {
  const steps = JSON.stringify(trail);
  useEffect(() => {
    replace({ trail: JSON.parse(steps) as TrailStep[], signalAt });
    return () => replace(nothing);
  }, [steps, signalAt]);
}

/** The way to the page that is shown; empty where the sidebar says it all. */
export function useCurrentTrail(): readonly TrailStep[] {
  return useSyncExternalStore(subscribe, () => current.trail);
}

/** When the last signal came in; null where the page shows none. */
export function useCurrentSignal(): string | null {
  return useSyncExternalStore(subscribe, () => current.signalAt);
}
