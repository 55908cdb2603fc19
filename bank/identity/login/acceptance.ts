import type { IdentityDeps } from "../deps.ts";
import { findAcceptance, saveProtocolUses, type StoredAcceptance } from "./acceptance-store.ts";

/** How long what was read may be believed, in milliseconds: a change elsewhere takes effect within it. */
export const acceptance_cache_ms_max = 5_000;

/** Which protocols and which versions of the app may log in now, and by which protocol somebody last did. */
export type Acceptance = {
  readonly current: () => Promise<StoredAcceptance>;
  /** The same, and the last known where the database can't be asked; null where it never could. */
  readonly lastKnown: () => Promise<StoredAcceptance | null>;
  /** Forgets what was read: this process has changed it. */
  readonly forget: () => void;
  /** Notes a log-in; costs nothing until `writeUses`. */
  readonly noteUse: (protocol: string, at: Date) => void;
  readonly writeUses: () => Promise<void>;
};

/** Makes the process's view of what is accepted. */
export function createAcceptance(deps: IdentityDeps): Acceptance {
  let known: { readonly value: StoredAcceptance; readonly readAtMs: number } | null = null;
  let reading: Promise<StoredAcceptance> | null = null;
  let changes = 0;
  let uses = new Map<string, Date>();

  async function read(): Promise<StoredAcceptance> {
    const changesBefore = changes;
    const value = await findAcceptance(deps.database.sql);
    if (changes === changesBefore) known = { value, readAtMs: deps.clock.now().getTime() };
    return value;
  }

  async function current(): Promise<StoredAcceptance> {
    const age = known === null ? Infinity : deps.clock.now().getTime() - known.readAtMs;
    if (known !== null && age < acceptance_cache_ms_max) return known.value;
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  }

  return {
    current,
    lastKnown: () => current().catch(() => known?.value ?? null),
    forget: () => {
      changes += 1;
      known = null;
      reading = null;
    },
    noteUse: (protocol, at) => {
      uses.set(protocol, at);
    },
    writeUses: async () => {
      if (uses.size === 0) return;
      const noted = uses;
      uses = new Map();
      await saveProtocolUses(deps.database.sql, noted);
    },
  };
}
