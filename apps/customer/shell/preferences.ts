import { useSyncExternalStore } from "react";
import { keep, readKept } from "../kept.ts";

const listeners = new Set<() => void>();
let hidden = readKept<boolean>("hide-amounts") === true;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether amounts are hidden from whoever looks over the customer's shoulder, and how to change it. */
export function useHideAmounts(): readonly [boolean, (hide: boolean) => void] {
  const value = useSyncExternalStore(subscribe, () => hidden);
  return [value, setHideAmounts];
}

function setHideAmounts(hide: boolean): void {
  hidden = hide;
  keep("hide-amounts", hide ? true : null);
  for (const listener of listeners) listener();
}
