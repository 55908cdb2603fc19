import type { Review } from "@mainstay/wire";
import type { Recorded } from "./ports.ts";
import { countText, platformText } from "../words.ts";
import { dayText, durationText, momentText, percentText } from "./words.ts";

/** Facts of the record by their keys, in the order in which they are told. The keys never change. */
export type Fact = Review["facts"][number];

/** What stands for a fact that the record doesn't have. */
export const not_known = "not known";

/** Joins words as people do: `a, b and c`. */
export function listText(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

/** The lines by which an incident is found. */
const alarm_kinds = ["alarm", "held", "called", "probe-failed", "ledger-wrong"] as const;

/** The time of the first line of some kinds in the timeline; null where there is none. */
export function lineAt({ timeline }: Pick<Recorded, "timeline">, ...kinds: readonly string[]): Date | null {
  const found = timeline.find(({ kind }) => kinds.includes(kind));
  return found === undefined ? null : new Date(found.at);
}

function timeFacts(recorded: Recorded, day: Date): Fact[] {
  const { incident, impact } = recorded;
  const moment = (at: Date | null): string => (at === null ? not_known : momentText(at, day));
  const span = (ms: number | null): string => (ms === null ? not_known : durationText(ms));
  return [
    { key: "date", label: "Day of the first failure", value: dayText(day) },
    { key: "first-failure-at", label: "First failure", value: moment(lineAt(recorded, "first-failure")) },
    { key: "alarm-at", label: "Alarm", value: moment(lineAt(recorded, ...alarm_kinds)) },
    { key: "rolled-back-at", label: "Rolled back", value: moment(lineAt(recorded, "rolled-back")) },
    {
      key: "last-switched-at",
      label: "Last device switched",
      value: moment(lineAt(recorded, "last-switched")),
    },
    { key: "last-back-at", label: "Last customer back in", value: moment(lineAt(recorded, "last-back")) },
    { key: "opened-at", label: "Incident opened", value: moment(incident.openedAt) },
    { key: "resolved-at", label: "Resolved", value: moment(incident.resolvedAt) },
    {
      key: "first-failure-to-alarm",
      label: "First failure to alarm",
      value: span(impact.firstFailureToAlarm_ms),
    },
    { key: "alarm-to-rollback", label: "Alarm to rollback", value: span(impact.alarmToRollback_ms) },
    { key: "median-out", label: "Median time out", value: span(impact.medianOut_ms) },
    { key: "longest-out", label: "Longest time out", value: span(impact.longestOut_ms) },
    { key: "total-out", label: "Time out of all together", value: durationText(impact.totalOut_ms) },
  ];
}

function causeFacts({ incident, cause }: Recorded): Fact[] {
  const { difference, cells, redChecks } = cause;
  const { versions, platforms } = incident.scope;
  const names = platforms.map(platformText);
  const files =
    difference === null
      ? null
      : difference.added.length + difference.removed.length + difference.changed.length;
  const top = cells.at(0);
  return [
    { key: "version", label: "Failing version", value: listText(versions) || "every version" },
    { key: "version-before", label: "Version before it", value: difference?.from ?? not_known },
    { key: "platforms", label: "Platforms", value: listText(names) || "every platform" },
    { key: "narrowed", label: "Where it failed", value: cause.narrowed ?? not_known },
    {
      key: "reason",
      label: "Reason most often given",
      value: top === undefined ? not_known : `${top.reason}, ${countText(top.failed)} times`,
    },
    {
      key: "files-changed",
      label: "Files that differ",
      value: files === null ? not_known : countText(files),
    },
    {
      key: "red-checks",
      label: "Checks that were red",
      value:
        redChecks.length === 0 ? "none" : listText([...new Set(redChecks.map(({ journey }) => journey))]),
    },
    { key: "override", label: "Why they were overridden", value: cause.override?.reason ?? "they weren’t" },
  ];
}

/**
 * The facts of an incident's record, in words; `clients` is how many customers there are, where it is known.
 */
export function factsOf(recorded: Recorded, clients: number | null): Fact[] {
  const { incident, impact } = recorded;
  const day = lineAt(recorded, "first-failure") ?? incident.openedAt;
  const share =
    clients === null || clients === 0 ? not_known : percentText(Math.min(1, impact.people / clients));
  const delayed = impact.paymentsDelayed === null ? not_known : countText(impact.paymentsDelayed);
  return [
    { key: "people", label: "Customers kept out", value: countText(impact.people) },
    { key: "unknown", label: "Of them not known yet", value: countText(impact.unknown) },
    { key: "back-in", label: "Back in", value: countText(impact.backIn) },
    { key: "still-out", label: "Still out", value: countText(Math.max(0, impact.people - impact.backIn)) },
    {
      key: "clients",
      label: "Customers in 30 days",
      value: clients === null ? not_known : countText(clients),
    },
    { key: "share", label: "Share of customers", value: share },
    { key: "failed-log-ins", label: "Failed log-ins", value: countText(impact.failedLogIns) },
    { key: "payments-delayed", label: "Payments that waited", value: delayed },
    ...timeFacts(recorded, day),
    ...causeFacts(recorded),
    { key: "number", label: "Incident", value: incident.number },
    { key: "severity", label: "Severity", value: String(incident.severity) },
    { key: "opened-by", label: "Opened by", value: incident.openedBy.name },
  ];
}

const placeholder = /\{([a-z][a-z0-9-]*)\}/g;

/** The placeholders of a text for which there is no fact, each once. */
export function unknownPlaceholders(text: string, facts: readonly Fact[]): string[] {
  const known = new Set(facts.map(({ key }) => key));
  const named = [...text.matchAll(placeholder)].map(([, key = ""]) => key);
  return [...new Set(named)].filter((key) => !known.has(key));
}

/** A text with the facts in their places. */
export function fillText(text: string, facts: readonly Fact[]): string {
  const values = new Map(facts.map(({ key, value }) => [key, value]));
  return text.replaceAll(placeholder, (whole, key: string) => values.get(key) ?? whole);
}

/** A text in pieces: words of people, and facts of the record in their places. */
export function segmentsOf(
  text: string,
  facts: readonly Fact[],
): { readonly text: string; readonly isFact: boolean }[] {
  const values = new Map(facts.map(({ key, value }) => [key, value]));
  // The pattern's group makes every second piece a key.
  return text.split(placeholder).map((piece, index) => {
    const value = index % 2 === 1 ? values.get(piece) : undefined;
    if (value !== undefined) return { text: value, isFact: true };
    return { text: index % 2 === 1 ? `{${piece}}` : piece, isFact: false };
  });
}
