import type { ChecksService } from "@mainstay/checks";
import {
  addIncidentRoutes,
  addLedgerReportRoute,
  createIncidents,
  createRegulator,
  type Incidents,
} from "@mainstay/incidents";
import type { Clock, Random } from "@mainstay/kernel";
import type { Database, HttpServer, Logger } from "@mainstay/platform";
import type { RolloutsService } from "@mainstay/rollouts";
import type { Signals } from "@mainstay/signals";
import type { ConsoleGate } from "@mainstay/staff";
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
};

/** Makes incidents over rollouts and signals, and adds their routes to control's server. */
export function addIncidentControl(server: HttpServer, deps: IncidentControlDeps): Incidents {
  const { database, clock, random, log, gate, bank, edgeSecret, rollouts, signals, checks } = deps;
  const incidents = createIncidents({
    ...{ database, clock, random, log, rollouts, checks },
    signals: signals.reads,
    paymentsDelayed: bank.paymentsDelayed,
    regulatorOf: createRegulator({ database, clock, clients: rollouts.peopleNow }).regulatorOf,
  });
  addIncidentRoutes(server, { incidents, gate });
  addLedgerReportRoute(server, { incidents, edgeSecret });
  return incidents;
}
