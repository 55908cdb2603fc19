import { addMs } from "@mainstay/kernel";
import type { Regulator } from "@mainstay/wire";
import { addMonth } from "./calendar.ts";
import { regulations } from "./regulations.ts";

type Deadline = Regulator["deadlines"][number];

/** The deadlines by which reports are due, in the order in which they come. */
export const report_deadlines = ["uk-notification", "first-report", "second-report", "final-report"] as const;
export type ReportDeadline = (typeof report_deadlines)[number];

/** What starts and ends the clocks. */
export type Clocked = {
  /** When the bank knew of it: when the incident was opened. */
  readonly awareAt: Date;
  readonly classified: { readonly as: "major" | "not-major"; readonly at: Date } | null;
  readonly sentAt: ReadonlyMap<string, Date>;
};

type Row = {
  readonly id: string;
  readonly name: string;
  readonly regime: Deadline["regime"];
  readonly startsWith: string;
  readonly rule: { readonly limit: number | string; readonly source: string };
  readonly startedAt: Date | null;
  /** Where it isn't the start and the length. */
  readonly dueAt?: Date | null;
  readonly doneAt: Date | null;
};

function deadlineOf(row: Row): Deadline {
  const { id, name, regime, startsWith, rule, startedAt, doneAt } = row;
  const length_ms = typeof rule.limit === "number" ? rule.limit : null;
  const end =
    startedAt === null ? null : length_ms === null ? addMonth(startedAt) : addMs(startedAt, length_ms);
  const dueAt = row.dueAt === undefined ? end : row.dueAt;
  return {
    ...{ id, name, regime, startsWith, length_ms, source: rule.source },
    startedAt: startedAt?.toISOString() ?? null,
    dueAt: dueAt?.toISOString() ?? null,
    doneAt: doneAt?.toISOString() ?? null,
  };
}

/**
 * Four hours after it was classified, and within 24 of being aware of it, where it was classified by then.
 */
function firstReportDue(classifiedAt: Date, awareAt: Date): Date {
  const due = addMs(classifiedAt, regulations.first_report.limit);
  const latest = addMs(awareAt, regulations.first_report_awareness.limit);
  return classifiedAt <= latest && latest < due ? latest : due;
}

/**
 * Clocks the regulators' deadlines. What hasn't begun names what starts it; what was classified as not major
 * owes no report, and its clocks don't run.
 */
export function clockDeadlines({ awareAt, classified, sentAt }: Clocked): Deadline[] {
  const { first_report, first_report_awareness, second_report, final_report, uk_notification } = regulations;
  const sent = (deadline: ReportDeadline): Date | null => sentAt.get(deadline) ?? null;
  const isOwed = classified?.as !== "not-major";
  const majorAt = classified?.as === "major" ? classified.at : null;
  const rows: readonly Row[] = [
    {
      ...{ id: "classification", name: "Classify it", regime: "DORA", rule: first_report_awareness },
      ...{ startsWith: "being aware of it", startedAt: awareAt, doneAt: classified?.at ?? null },
    },
    {
      ...{ id: "uk-notification", name: "Notify the FCA, if major", regime: "UK", rule: uk_notification },
      ...{ startsWith: "detecting it", startedAt: isOwed ? awareAt : null, doneAt: sent("uk-notification") },
    },
    {
      ...{ id: "first-report", name: "First report", regime: "DORA", rule: first_report },
      ...{ startsWith: "classifying it as major", startedAt: majorAt, doneAt: sent("first-report") },
      dueAt: majorAt === null ? null : firstReportDue(majorAt, awareAt),
    },
    {
      ...{ id: "second-report", name: "Second report", regime: "DORA", rule: second_report },
      ...{ startsWith: "sending the first report", doneAt: sent("second-report") },
      startedAt: isOwed ? sent("first-report") : null,
    },
    {
      ...{ id: "final-report", name: "Final report", regime: "DORA", rule: final_report },
      ...{ startsWith: "sending the second report", doneAt: sent("final-report") },
      startedAt: isOwed ? sent("second-report") : null,
    },
  ];
  return rows.map(deadlineOf);
}
