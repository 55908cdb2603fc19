import { assert } from "./assert.ts";

/** A map with a largest size: the entry that was used least lately makes room for a new one. */
export type BoundedMap<Key, Value> = {
  readonly get: (key: Key) => Value | undefined;
  readonly set: (key: Key, value: Value) => void;
  readonly delete: (key: Key) => boolean;
  readonly clear: () => void;
  readonly size: () => number;
};

/** Makes a map of at most `entries_max` entries. */
export function createBoundedMap<Key, Value>(entries_max: number): BoundedMap<Key, Value> {
  assert(entries_max > 0, "a bounded map holds at least one entry");
  // A Map iterates in the order of insertion, so that putting an entry in again makes it the youngest.
  const entries = new Map<Key, Value>();
  return {
    get: (key) => {
      const value = entries.get(key);
      if (value === undefined) return undefined;
      // While there is plenty of room the order doesn't matter, and a read costs one look-up.
      if (entries.size * 2 > entries_max) {
        entries.delete(key);
        entries.set(key, value);
      }
      return value;
    },
    set: (key, value) => {
      entries.delete(key);
      entries.set(key, value);
      if (entries.size <= entries_max) return;
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    },
    delete: (key) => entries.delete(key),
    clear: () => entries.clear(),
    size: () => entries.size,
  };
}
