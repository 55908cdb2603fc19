import type { QueryExecutorProvider } from "kysely";
import type { LedgerReport } from "@mainstay/wire";
import type { StaffMember } from "@mainstay/staff";
import type { AffectedPeople, Answer, Change, FailingProbe, IncidentRecord, Line } from "./types.ts";

/** Incidents as control runs them. */
export type Incidents = {
  /** By staff; a command's id given again answers the same incident. */
  readonly open: (
    by: StaffMember,
    given: {
      readonly commandId: string;
      readonly title: string;
      readonly severity: number;
      readonly scope: IncidentRecord["scope"];
    },
  ) => Answer<IncidentRecord>;
  /**
   * A probe has failed too often: joins the open incident of the same version, or else of the same component,
   * or opens one. Answers the incident's id. As often as one likes.
   */
  readonly openFromProbe: (failing: FailingProbe) => Promise<string>;
  /** The probe passes again: a line in the incident that it is in, if one is open. */
  readonly probeRecovered: (recovered: FailingProbe) => Promise<void>;
  /** The ledger's checker has found the book wrong, or right again. */
  readonly ledgerReport: (report: LedgerReport) => Promise<void>;
  /**
   * Writes a line of the timeline; a happening that is written already is passed over. A line for an incident
   * that was merged goes to the one as which it goes on; one for an incident that isn't there goes nowhere.
   */
  readonly record: (incidentId: string, line: Line) => Promise<void>;
  /** The same, in a transaction of the caller's on control's database. */
  readonly recordIn: (trx: QueryExecutorProvider, incidentId: string, line: Line) => Promise<void>;
  /** Everybody who was kept out, by what has been counted so far: an answer of this moment. */
  readonly affectedPeople: (incidentId: string) => Promise<AffectedPeople>;
  /** The incidents, open or resolved within 30 days, that a customer is among the affected of. */
  readonly concerning: (customer: string) => Promise<readonly IncidentRecord[]>;
  readonly find: (incidentId: string) => Promise<IncidentRecord | null>;
  /** Open ones first, then the newest; at most 100. */
  readonly list: () => Promise<readonly IncidentRecord[]>;
  /** Neither resolved nor merged. */
  readonly listOpen: () => Promise<readonly IncidentRecord[]>;
  /** Calls back at every change, of whichever process, until the answer is called. */
  readonly listen: (hear: (change: Change) => void) => () => void;
  /** Aborted when the module stops. */
  readonly stopped: AbortSignal;
  /** One turn of reading events and signals; true when there is more. `start` does it by itself. */
  readonly work: () => Promise<boolean>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/** What incidents are made of. */
export type IncidentsDeps = Record<string, never>;
