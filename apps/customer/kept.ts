const prefix = "mainstay.";

/**
 * The small things that this browser keeps by name: preferences and drafts. Gone with the customer who logs
 * out.
 */
export type KeptName =
  | "known"
  | "hide-amounts"
  | "draft.pay"
  | "draft.open-account"
  | "draft.recovery"
  | "draft.messages";

/** Reads something kept; null when there is none, or when this browser keeps nothing. */
export function readKept<T>(name: KeptName): T | null {
  try {
    const text = localStorage.getItem(prefix + name);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    // Blocked storage, or something that an older version wrote: as if there were nothing.
    return null;
  }
}

/** Keeps something under a name, or forgets it (null). */
export function keep(name: KeptName, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // A full or blocked storage costs the draft, never the payment.
  }
}

/** Forgets everything that belongs to the customer who was here. */
export function forgetCustomer(): void {
  for (const name of ["draft.pay", "draft.recovery", "draft.messages"] as const) keep(name, null);
}
