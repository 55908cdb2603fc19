import type { Account, Session, Transaction } from "@mainstay/wire";
import { deleteStored, readStored, store } from "../api/database.ts";
import { browserClock } from "../browser.ts";

/** What home showed last on this device, for when the bank can't be reached: always shown with its time. */
export type LastHome = {
  readonly savedAt: string;
  readonly person: Session["person"];
  readonly account: Account;
  readonly transactions: readonly Transaction[];
};

/** Keeps what home shows now. */
export function saveLastHome(home: Omit<LastHome, "savedAt">): void {
  void store("last-home", { ...home, savedAt: browserClock.now().toISOString() }).catch(() => undefined);
}

/** Reads what home showed last; null when nothing was kept. */
export async function readLastHome(): Promise<LastHome | null> {
  const stored = await readStored("last-home").catch(() => undefined);
  return typeof stored === "object" && stored !== null && "savedAt" in stored ? (stored as LastHome) : null;
}

/** Forgets it, when the customer logs out. */
export function forgetLastHome(): void {
  void deleteStored("last-home").catch(() => undefined);
}
