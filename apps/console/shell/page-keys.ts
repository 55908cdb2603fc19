import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";

/**
 * What keys do on the page that is shown: each by the key as the browser names it, `mod+` for ⌘ or Ctrl,
 * `shift+` for a letter with ⇧.
 */
export type PageKey = {
  readonly name: string;
  readonly keys: Readonly<Record<string, () => void>>;
  /** Its button on the page says it: it stands in the list of all keys and not in the status bar. */
  readonly isOnButton?: boolean;
};

let current: readonly PageKey[] = [];
const listeners = new Set<() => void>();

function replace(keys: readonly PageKey[]): void {
  current = keys;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Puts a page's keys in force while it is shown. Give the same array while nothing has changed. */
export function usePageKeys(keys: readonly PageKey[]): void {
  useEffect(() => {
    replace(keys);
    return () => replace([]);
  }, [keys]);
}

/**
 * The same for keys that are made anew each time the page is drawn: only a change of names reaches the frame.
 */
export function useLivePageKeys(keys: readonly PageKey[]): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  const shape = JSON.stringify(
    keys.map(({ name, keys: caps, isOnButton = false }) => ({ name, caps: Object.keys(caps), isOnButton })),
  );
  const steady = useMemo(() => {
    const entries = JSON.parse(shape) as { name: string; caps: string[]; isOnButton: boolean }[];
    return entries.map(({ name, caps, isOnButton }): PageKey => {
      const run = (cap: string) => () => latest.current.find((entry) => entry.name === name)?.keys[cap]?.();
      return { name, isOnButton, keys: Object.fromEntries(caps.map((cap) => [cap, run(cap)])) };
    });
  }, [shape]);
  usePageKeys(steady);
}

/** The keys in force, for the status bar and the list of all keys. */
export function useCurrentKeys(): readonly PageKey[] {
  return useSyncExternalStore(subscribe, () => current);
}

const unlettered = ["radio", "checkbox", "button", "submit"];

function isTyping(target: EventTarget | null): boolean {
  return (
    (target instanceof HTMLInputElement && !unlettered.includes(target.type)) ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  );
}

/**
 * Runs what a key does here; while something is typed only keys with ⌘ or Ctrl count. Says whether it did
 * anything.
 */
export function runKey(event: KeyboardEvent, keys: readonly PageKey[] = current): boolean {
  const hasMod = event.metaKey || event.ctrlKey;
  if (event.altKey || (!hasMod && isTyping(event.target))) return false;
  // What has the focus is pressed by Enter, and nothing else is.
  const isOnControl = event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement;
  if (event.key === "Enter" && isOnControl) return false;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isCapital = event.shiftKey && /^[a-z]$/.test(key);
  const wanted = hasMod ? `mod+${key}` : isCapital ? `shift+${key}` : key;
  for (const entry of keys) {
    const run = entry.keys[wanted];
    if (!run) continue;
    event.preventDefault();
    run();
    return true;
  }
  return false;
}
