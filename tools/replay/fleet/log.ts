import type { Clock } from "@mainstay/kernel";

/** What a phone notes of what it went through, for the replay's figures. */
export type FleetEntry = {
  /** Milliseconds since 1970, by the machine's clock, which is the servers' too. */
  readonly at: number;
  /** When the tap began that ended so, by the same clock; null for what isn't a log-in. */
  readonly tappedAt: number | null;
  readonly phone: number;
  readonly what: "opened" | "failed" | "in" | "switched";
  readonly version: string;
  /** Why a log-in failed, or why another version was started; null for the rest. */
  readonly reason: string | null;
};

/** The fleet's own log: what really happened, as against what release control says happened. */
export type FleetLog = {
  readonly note: (entry: Omit<FleetEntry, "at">) => void;
  readonly entries: () => readonly FleetEntry[];
};

/** Starts a log. */
export function createFleetLog(clock: Clock): FleetLog {
  const entries: FleetEntry[] = [];
  return {
    note: (entry) => {
      entries.push({ at: clock.now().getTime(), ...entry });
    },
    entries: () => entries,
  };
}
