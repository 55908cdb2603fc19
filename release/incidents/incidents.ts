import type { QueryExecutorProvider } from "kysely";
import { createChanges } from "@mainstay/platform";
import type { StaffMember } from "@mainstay/staff";
import type {
  Affected,
  AffectedPage,
  Incident as IncidentJson,
  Incidents as IncidentsJson,
  IncidentsConcerning,
  LedgerReport,
} from "@mainstay/wire";
import * as commands from "./commands.ts";
import { audit, type Context, type IncidentsDeps } from "./context.ts";
import { readFigures } from "./impact-store.ts";
import { writeLine } from "./lines.ts";
import { ledgerReport, openFromProbe, probeRecovered } from "./opening.ts";
import { createPaymentsDelayed } from "./payments-delayed.ts";
import * as reads from "./reads.ts";
import * as store from "./store.ts";
import type { IncidentTables } from "./tables.ts";
import type { AffectedPeople, Answer, Change, FailingProbe, IncidentRecord, Line } from "./types.ts";
import { createWorker } from "./worker.ts";

/** Incidents as control runs them. */
export type Incidents = {
  /** By staff; answers the incident's id, the same to a command's id that is given again. */
  readonly open: (by: StaffMember, request: commands.OpenRequest) => Answer<string>;
  /** Changes what is named; `incident_changed` where it no longer stands as it was seen. */
  readonly change: (
    by: StaffMember,
    given: { readonly id: string; readonly request: commands.ChangeRequest },
  ) => Answer<string>;
  readonly note: (by: StaffMember, given: Parameters<typeof commands.note>[2]) => Answer<string>;
  /** Ends a duplicate; answers the incident as which it goes on. */
  readonly merge: (by: StaffMember, given: Parameters<typeof commands.merge>[2]) => Answer<string>;
  /**
   * A probe has failed too often: joins the open incident of the same version, or else of the same component,
   * or opens one. Answers the incident's id. As often as one likes.
   */
  readonly openFromProbe: (failing: FailingProbe) => Promise<string>;
  /** The probe passes again: a line in the incident that it is in, if one is open. */
  readonly probeRecovered: (recovered: FailingProbe) => Promise<void>;
  /** The ledger's checker has found the book wrong, or right again. */
  readonly ledgerReport: (report: LedgerReport) => Answer<null>;
  /**
   * Writes a line of the timeline; a happening that is written already is passed over. A line for an incident
   * that was merged goes to the one as which it goes on; one for an incident that isn't there goes nowhere.
   */
  readonly record: (incidentId: string, line: Line) => Promise<void>;
  /** The same, in a transaction of the caller's on control's database. */
  readonly recordIn: (trx: QueryExecutorProvider, incidentId: string, line: Line) => Promise<void>;
  /** Everybody who was kept out, by what has been counted so far: an answer of this moment. */
  readonly affectedPeople: (incidentId: string) => Promise<AffectedPeople>;
  /** How many people were kept out, known or not, and how many of them are back. */
  readonly peopleOf: (incidentId: string) => Promise<{ readonly people: number; readonly back: number }>;
  readonly find: (incidentId: string) => Promise<IncidentRecord | null>;
  /** Open ones first, then the newest; at most 100. */
  readonly list: () => Promise<readonly IncidentRecord[]>;
  /** Neither resolved nor merged. */
  readonly listOpen: () => Promise<readonly IncidentRecord[]>;
  /** Calls back at every change, of whichever process, until the answer is called. */
  readonly listen: (hear: (change: Change) => void) => () => void;
  /** Aborted when the module stops. */
  readonly stopped: AbortSignal;
  /** The list, an incident's page, and its lists, as the console has them. */
  readonly readIncidents: () => Promise<IncidentsJson>;
  readonly readIncident: (incidentId: string) => Promise<IncidentJson | null>;
  /** The incidents, merged ones aside, that a customer is among the affected of. */
  readonly readConcerning: (customer: string) => Promise<IncidentsConcerning>;
  readonly readAffected: (asked: Parameters<typeof reads.readAffectedPage>[1]) => Promise<AffectedPage>;
  /** All of the affected, one after the other. */
  readonly readAllAffected: (incidentId: string) => AsyncGenerator<Affected>;
  /** That somebody has taken the list of the affected with them, for the audit. */
  readonly noteExport: (by: StaffMember, incidentId: string) => Promise<void>;
  /** One turn of reading events and signals; true when there is more. `start` does it by itself. */
  readonly work: () => Promise<boolean>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** Makes incidents over control's database. Any number of processes may have them. */
export function createIncidents(
  deps: IncidentsDeps & { readonly regulatorOf: reads.RegulatorPort },
): Incidents {
  const { database, clock, log, regulatorOf } = deps;
  const db = database.sql.withTables<IncidentTables>();
  const context: Context = { ...deps, db };
  const changes = createChanges({ database, log, channel: store.changes_channel });
  const delayed = createPaymentsDelayed(context);
  const worker = createWorker(context);
  const valueOf = async <T>(answer: Answer<T>): Promise<T> => {
    const result = await answer;
    // What a machine asks for is refused by nothing: a refusal here is a defect.
    if (!result.ok) throw new Error(`refused: ${result.error.code}`);
    return result.value;
  };
  return {
    open: (by, request) => commands.open(context, by, request),
    change: (by, given) => commands.change(context, by, given),
    note: (by, given) => commands.note(context, by, given),
    merge: (by, given) => commands.merge(context, by, given),
    openFromProbe: (failing) => valueOf(openFromProbe(context, failing)),
    probeRecovered: async (recovered) => void (await valueOf(probeRecovered(context, recovered))),
    ledgerReport: (report) => ledgerReport(context, report),
    record: (incidentId, line) => db.transaction().execute((trx) => writeLine({ trx }, incidentId, line)),
    recordIn: (trx, incidentId, line) => writeLine({ trx }, incidentId, line),
    affectedPeople: (incidentId) => reads.readPeople(context, incidentId),
    peopleOf: async (incidentId) => {
      const figures = await readFigures(database.pool, [incidentId], clock.now());
      const { people = 0, backIn: back = 0 } = figures.get(incidentId) ?? {};
      return { people, back };
    },
    find: (incidentId) => store.findIncident(db, incidentId),
    list: () => store.selectIncidents(db),
    listOpen: () => store.selectOpen(db),
    listen: (hear) => changes.listen((incidentId) => hear({ incidentId })),
    stopped: changes.stopped,
    readIncidents: () => reads.readIncidents(context, delayed),
    readIncident: (id) => reads.readIncident(context, id, { delayed, regulatorOf }),
    readConcerning: (customer) => reads.readConcerning(context, customer, delayed),
    readAffected: (asked) => reads.readAffectedPage(context, asked),
    readAllAffected: (incidentId) => reads.readAllAffected(context, incidentId),
    noteExport: async (by, incidentId) => {
      const entry = { by, action: "incidents.exported", subject: incidentId, details: {} };
      await db.transaction().execute((trx) => audit({ trx, now: clock.now() }, entry));
    },
    work: worker.work,
    start: worker.start,
    stop: async () => {
      await worker.stop();
      await changes.stop();
    },
  };
}
