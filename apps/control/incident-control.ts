import type { ChecksService } from "@mainstay/checks";
import {
  addIncidentRoutes,
  addLedgerReportRoute,
  addReviewRoutes,
  createIncidents,
  createRegulator,
  createReviews,
  type Incidents,
} from "@mainstay/incidents";
import type { Clock, Random } from "@mainstay/kernel";
import type { Database, HttpServer, Logger } from "@mainstay/platform";
import type { RolloutsService } from "@mainstay/rollouts";
import type { Signals } from "@mainstay/signals";
import type { ConsoleGate, StaffService } from "@mainstay/staff";
import type { BankClient } from "./bank-client.ts";

export type IncidentControlDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly gate: ConsoleGate;
  readonly bank: Pick<BankClient, "paymentsDelayed">;
  readonly edgeSecret: string;
  readonly rollouts: RolloutsService;
  readonly signals: Signals;
  readonly checks: ChecksService;
  /** Who may own what a review asks for. */
  readonly staff: Pick<StaffService, "people">;
};

/** Who logged in within so long is a customer who uses the bank, in milliseconds. */
const clients_ms = 30 * 24 * 60 * 60_000;
/** How long their number is believed, in milliseconds: counting them reads a month. */
const count_kept_ms = 60_000;

/** Counts the bank's customers, for the regulator's shares; null before anybody has logged in. */
function createClientCount({ signals, clock }: Pick<IncidentControlDeps, "signals" | "clock">) {
  let kept: { readonly count: Promise<number>; readonly until_ms: number } | null = null;
  return async (): Promise<number | null> => {
    const now_ms = clock.now().getTime();
    if (kept === null || now_ms >= kept.until_ms) {
      const count = signals.reads.customersSince(new Date(now_ms - clients_ms));
      kept = { count, until_ms: now_ms + count_kept_ms };
      count.catch(() => (kept = null));
    }
    const count = await kept.count;
    return count === 0 ? null : count;
  };
}

/**
 * Makes incidents over rollouts and signals, and their reviews, and adds the routes of both to control's
 * server.
 */
export function addIncidentControl(server: HttpServer, deps: IncidentControlDeps): Incidents {
  const { database, clock, random, log, gate, bank, edgeSecret, rollouts, signals, checks } = deps;
  const clients = createClientCount(deps);
  const incidents = createIncidents({
    ...{ database, clock, random, log, rollouts, checks },
    signals: signals.reads,
    paymentsDelayed: bank.paymentsDelayed,
    regulatorOf: createRegulator({ database, clock, clients }).regulatorOf,
  });
  const reviews = createReviews({
    ...{ database, clock, random, incidents, checks, clients },
    people: async () => (await deps.staff.people()).people,
  });
  addReviewRoutes(server, { reviews, gate });
  addIncidentRoutes(server, { incidents, gate });
  addLedgerReportRoute(server, { incidents, edgeSecret });
  return incidents;
}
