import { dateText, durationText, timeText } from "./words.ts";
import { countText } from "../words.ts";
import type { Review, ReviewText } from "@mainstay/wire";

/** What both forms of the document share: its parts' names, its figures, and its rows in words. */

export const part_titles: Readonly<Record<ReviewText, string>> = {
  summary: "Summary",
  cause: "Root cause",
  trigger: "Trigger",
  detection: "Detection",
  "went-well": "What went well",
  "went-badly": "What went badly",
  lucky: "Where we got lucky",
};

/** A figure of the impact, with what it counts. */
export type Figure = { readonly value: string; readonly name: string };

/** The impact in figures; what isn't known is a dash. */
export function figuresOf({ impact }: Review): Figure[] {
  const span = (ms: number | null): string => (ms === null ? "–" : durationText(ms));
  const { paymentsDelayed } = impact;
  return [
    { value: countText(impact.people), name: "people" },
    { value: countText(impact.failedLogIns), name: "failed log-ins" },
    { value: span(impact.medianOut_ms), name: "median time out" },
    { value: span(impact.longestOut_ms), name: "longest time out" },
    { value: span(impact.totalOut_ms), name: "total time out" },
    { value: paymentsDelayed === null ? "–" : countText(paymentsDelayed), name: "payments delayed" },
  ];
}

/** An instant as rows show it: its date and its time of day to the second. */
export function stampText(at: string): string {
  const instant = new Date(at);
  return `${dateText(instant)} ${timeText(instant)}`;
}

export const action_states = { open: "Open", done: "Done", moved: "Moved" } as const;

/** What a deadline has come to, in words. */
export function deadlineText({
  startsWith,
  dueAt,
  doneAt,
}: Review["regulator"]["deadlines"][number]): string {
  if (doneAt !== null) return `done ${stampText(doneAt)}`;
  return dueAt === null ? `not due; begins with ${startsWith}` : `due ${stampText(dueAt)}`;
}

/** How it was classified, in a sentence. */
export function classifiedText({ classified, wouldBeMajor }: Review["regulator"]): string {
  const counted = `What is counted ${wouldBeMajor ? "makes" : "doesn’t make"} it major.`;
  if (classified === null) return `${counted} Nobody has classified it yet.`;
  const { as, by, at, reason } = classified;
  const said = as === "major" ? "major" : "not major";
  return `${counted} ${by.name} classified it as ${said} on ${stampText(at)}: ${reason}`;
}

/** How the document stands, in one line under its title. */
export function standingText({ draft, editedAt, editedBy, closedAt, closedBy }: Review): string {
  if (closedAt !== null) return `Closed by ${closedBy?.name ?? "staff"} on ${stampText(closedAt)}`;
  if (editedAt === null || editedBy === null) return "Drafted from the record; nobody has edited it yet";
  return `Draft ${draft}, last edited by ${editedBy.name} on ${stampText(editedAt)}`;
}

/** What is demanded of every later version, in a sentence. */
export function checkText({ check }: Review): string {
  if (check === null) return "No check is demanded.";
  const { title, demandedAt, failedOn } = check;
  const failed = failedOn === null ? "" : ` It was red on ${failedOn}.`;
  return demandedAt === null
    ? `Suggested: “${title}”.${failed}`
    : `“${title}” is demanded of every later version since ${stampText(demandedAt)}.${failed}`;
}
