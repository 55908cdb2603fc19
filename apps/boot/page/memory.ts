import { kept_bundles_max, quarantined_max, version_pattern, type BootMemory } from "../state.ts";

const key = "mainstay-boot";

function versions(value: unknown, length_max: number): string[] {
  if (!Array.isArray(value)) return [];
  return value
    .filter((entry): entry is string => typeof entry === "string" && version_pattern.test(entry))
    .slice(0, length_max);
}

/** Reads what an earlier page load left. Storage that is blocked, empty or garbled is an empty memory. */
export function recall(): BootMemory {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    const record = typeof stored === "object" && stored !== null ? stored : {};
    return {
      good: versions("good" in record ? record.good : undefined, kept_bundles_max),
      quarantined: versions("quarantined" in record ? record.quarantined : undefined, quarantined_max),
    };
  } catch {
    return { good: [], quarantined: [] };
  }
}

/** Keeps the memory for the next page load; where storage is blocked the app starts all the same. */
export function remember(memory: BootMemory): void {
  try {
    localStorage.setItem(key, JSON.stringify(memory));
  } catch {
    // Private windows may refuse storage: then there is nothing to go back to, and nothing breaks.
  }
}
