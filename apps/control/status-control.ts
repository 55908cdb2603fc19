import type { Clock, Random } from "@mainstay/kernel";
import type { Incidents } from "@mainstay/incidents";
import { createMailer, createMailProvider } from "@mainstay/mail";
import type { Database, HttpServer, Logger } from "@mainstay/platform";
import { createProbes, type Probes } from "@mainstay/probes";
import type { RolloutsService } from "@mainstay/rollouts";
import type { ConsoleGate } from "@mainstay/staff";
import { addStatusRoutes, createStatus, type IncidentsPort, type StatusService } from "@mainstay/status";
import type { BankClient } from "./bank-client.ts";

/** What control must know of the world outside for live probes and the status page. */
export type Outside = {
  /** What customers call the edge by, `http://localhost:8080`: probes go there, links lead there. */
  readonly customersOrigin: string;
  readonly mailServer: { readonly host: string; readonly port: number };
  /** Where the mail provider says what it took; null where nobody does. */
  readonly mailProviderUrl: string | null;
  /** Whether probes log in with a real browser too, where one is at hand. */
  readonly hasProbeBrowser: boolean;
};

/** What the status page asks of incidents. */
function portOf(incidents: Incidents): IncidentsPort {
  return {
    list: incidents.list,
    peopleOf: async (incidentId) => {
      const { people, unknown } = await incidents.affectedPeople(incidentId);
      return { people: people.length + unknown, back: people.filter(({ isBack }) => isBack).length };
    },
    record: incidents.record,
  };
}

export type StatusControlDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly gate: ConsoleGate;
  readonly edgeSecret: string;
  readonly bank: Pick<BankClient, "putProbeCustomers">;
  readonly rollouts: Pick<RolloutsService, "plan" | "knownVersions" | "listen">;
  readonly incidents: Incidents;
  readonly outside: Outside;
};

/** Live probes and the status page, as control runs them. */
export type StatusControl = {
  readonly probes: Probes;
  readonly status: StatusService;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** Makes live probes and the status page, and adds their routes to control's server. */
export function addStatusControl(server: HttpServer, deps: StatusControlDeps): StatusControl {
  const { rollouts, incidents, outside, bank, gate, edgeSecret } = deps;
  const { customersOrigin: origin, mailServer, mailProviderUrl } = outside;
  const probes = createProbes({
    ...deps,
    origin,
    plan: rollouts.plan,
    protocols: async () =>
      new Map((await rollouts.knownVersions()).map((known) => [known.version, known.login_protocol])),
    putCustomers: bank.putProbeCustomers,
    hasBrowser: outside.hasProbeBrowser,
  });
  const status = createStatus({
    ...deps,
    origin,
    probes,
    incidents: portOf(incidents),
    mailer: createMailer(mailServer),
    mailProvider: mailProviderUrl === null ? null : createMailProvider({ url: mailProviderUrl }),
    listen: (hear) => {
      const stops = [probes.onRound(hear), incidents.listen(hear), rollouts.listen(hear)];
      return () => stops.forEach((stop) => stop());
    },
  });
  addStatusRoutes(server, { service: status, gate, edgeSecret });
  return {
    probes,
    status,
    start: () => {
      probes.start();
      status.start();
    },
    stop: async () => {
      await Promise.all([probes.stop(), status.stop()]);
    },
  };
}
