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

/** Makes incidents over rollouts and signals, and their reviews, and adds the routes of both to control's server. */
export function addIncidentControl(server: HttpServer, deps: IncidentControlDeps): Incidents {
  const { database, clock, random, log, gate, bank, edgeSecret, rollouts, signals, checks } = deps;
  // An installation that was seen in 30 days stands for a customer: control knows no other count.
  const clients = rollouts.peopleNow;
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
