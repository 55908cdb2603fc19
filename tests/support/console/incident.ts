import type { Affected, Incident, IncidentSummary, Regulator, TimelineEntry } from "@mainstay/wire";
import { guard } from "./moment.ts";

/*
 * An incident of 1 October 2026, 21 minutes after it began: some people with iOS 27 couldn't log in with
 * 8.4.1, and two of them still can't. Invented, for the console's pages.
 */

/** The moment that the incident's figures are of: Thursday 1 October 2026, 09:14:07 in London. */
export const incident_now = new Date("2026-10-01T08:14:07.000Z");
export const incident_id = "inc_0000000000000000000041";
export const earlier_id = "inc_0000000000000000000040";

export const amara_actor = { id: "staff_0000000000000000000001", name: "Amara Cole" };
export const jonas = { id: "staff_0000000000000000000004", name: "Jonas Lindqvist" };

/** The timestamp of a time of that morning in London. */
export const morning = (time: string) => new Date(`2026-10-01T${time}+01:00`).toISOString();

/** First failure, tries, back at (null: not yet), out for in seconds; and who, by number. */
const rows = [
  ["08:47:31", 3, null, 1_596, "Sofia Lindgren"],
  ["08:52:58", 1, null, 1_269, "Daniel Achebe"],
  ["08:41:12", 4, "09:03:04", 1_312, "Ruth Okonkwo"],
  ["08:44:50", 2, "08:58:17", 807, "Mateusz Nowak"],
  ["08:46:03", 1, "08:55:40", 577, "Helen Hartley"],
  ["08:49:22", 2, "08:53:12", 230, "Yusuf Demir"],
  // A name is plain text, whatever stands in it.
  ["08:51:37", 1, "08:53:11", 94, "<b onmouseover=alert(1)>Grace</b>"],
  ["08:53:04", 1, "08:53:11", 7, "Liam Byrne"],
] as const;

const people_total = 31;
const customerOf = (index: number) => `cus_${String(index).padStart(22, "0")}`;
const later_names = ["Ada Bright", "Kofi Mensah", "Ines Prado", "Owen Pugh", "Mei Tan"] as const;

/** The name behind a reference, as the bank tells it to staff with the right; null for nobody's. */
export function nameOf(reference: string): string | null {
  const index = Number(reference.slice(-4));
  return rows[index]?.[4] ?? later_names[index % later_names.length] ?? null;
}

/** Everybody who was kept out; who isn't back first. */
export const affected: readonly Affected[] = Array.from({ length: people_total }, (_, index) => {
  const [first, tries, back, out_s] = rows[index] ?? ["08:52:40", 1, "08:53:11", 31];
  return {
    customer: customerOf(index),
    installation: `ins_${String(index).padStart(22, "0")}`,
    knownBy: index === 4 ? "installation" : "log-in",
    platform: "ios",
    os: "ios-27",
    version: "8.4.1",
    firstFailureAt: morning(first),
    lastFailureAt: morning(first),
    tries,
    reason: "user_handle_missing",
    backAt: back === null ? null : morning(back),
    out_ms: out_s * 1_000,
    versionNow: back === null ? null : "8.3.2",
  };
});

const line = (
  time: string,
  kind: string,
  [title, detail]: readonly [string, string?],
  actor: TimelineEntry["actor"] = null,
): TimelineEntry => ({ at: morning(time), kind, title, detail: detail ?? null, actor });

export const timeline: readonly TimelineEntry[] = [
  line("08:00:00", "stage", ["8.4.1 reached 10 %", "26,840 people"]),
  line("08:41:12", "first-failure", ["First failed log-in", "iOS 27, passkey from another phone"]),
  line("08:53:09", "alarm", ["Alarm: evidence 7.31", "over 6.9; strongest in iOS 27, 9.87"], guard),
  line("08:53:09", "rolled-back", ["Rolled back to 8.3.2", "26,840 people, by the guard"], guard),
  line("08:53:10", "opened", ["Incident opened", "by the guard"], guard),
  line("08:53:31", "last-switched", ["Last open device switched", "1,412 of 1,412 in 22 s"]),
  line("08:55:02", "commander", ["Jonas takes command"], jonas),
  line("08:58:40", "status", ["Status page: looking into it", "Log in"]),
  line("09:03:22", "cause", [
    "Cause narrowed",
    "47 of 47 user_handle_missing; passkey.js is not the one of 8.3.2",
  ]),
  line(
    "09:06:15",
    "note",
    ["Note", "iOS 27 leaves the handle out when the passkey came from another phone. 8.4.1 insists on it."],
    jonas,
  ),
  line("09:11:48", "message-drafted", ["Message to 31 drafted", "waits for a signature"], amara_actor),
];

const source = "Delegated Regulation (EU) 2024/1772";
const threshold = (id: string, name: string, counted: string, limit: string) => ({
  ...{ id, name, counted, limit, source },
  isReached: false,
});
const hour_ms = 3_600_000;

export const regulator: Regulator = {
  thresholds: [
    threshold("clients", "People", "31", "over 26,840"),
    threshold("transactions", "Payments", "0 stopped", "over 10 %"),
    threshold("duration", "Out for", "12 min", "over 2 h"),
    threshold("data", "Data lost", "none", "any"),
    threshold("spread", "Countries", "1", "2 or more"),
  ],
  wouldBeMajor: false,
  classified: null,
  deadlines: [
    {
      id: "classification",
      name: "Classify by",
      regime: "DORA",
      startsWith: "when staff know of it",
      length_ms: 24 * hour_ms,
      startedAt: morning("08:53:10"),
      dueAt: new Date(Date.parse(morning("08:53:10")) + 24 * hour_ms).toISOString(),
      doneAt: null,
      source,
    },
    ...(
      [
        ["initial", "First report", 4 * hour_ms, "“major” is signed"],
        ["intermediate", "Second report", 72 * hour_ms, "the first"],
        ["final", "Final report", null, "the second"],
      ] as const
    ).map(([id, name, length_ms, startsWith]) => ({
      ...{ id, name, length_ms, startsWith, source },
      regime: "DORA" as const,
      startedAt: null,
      dueAt: null,
      doneAt: null,
    })),
  ],
};

export const summary: IncidentSummary = {
  id: incident_id,
  number: "INC-0041",
  title: "Some people with iOS 27 couldn’t log in with 8.4.1",
  state: "monitoring",
  severity: 3,
  source: "guard",
  openedAt: morning("08:53:10"),
  openedBy: guard,
  resolvedAt: null,
  commander: jonas,
  mergedInto: null,
  scope: {
    versions: ["8.4.1"],
    platforms: ["ios"],
    components: ["log-in"],
    from: morning("08:00:00"),
    until: null,
  },
  impact: {
    people: people_total,
    unknown: 2,
    backIn: 29,
    failedLogIns: 47,
    medianOut_ms: 340_000,
    longestOut_ms: 1_596_000,
    totalOut_ms: 6_900_000,
    firstFailureToAlarm_ms: 717_000,
    alarmToRollback_ms: 400,
    paymentsDelayed: 0,
  },
  isReviewed: false,
};

/** One that is over and whose review is still to be written. */
export const earlier: IncidentSummary = {
  ...summary,
  id: earlier_id,
  number: "INC-0040",
  title: "Balances were slow for everybody",
  state: "resolved",
  severity: 4,
  source: "probe",
  openedAt: "2026-09-22T10:05:00.000Z",
  openedBy: { id: "probes", name: "A probe" },
  resolvedAt: "2026-09-22T10:31:00.000Z",
  commander: amara_actor,
  impact: { ...summary.impact, people: 0, backIn: 0, unknown: 0, failedLogIns: 0 },
};

export const incident: Incident = {
  ...summary,
  rollouts: ["rol_0000000000000000000841"],
  merged: [],
  timeline: [...timeline],
  cause: {
    cells: [
      {
        version: "8.4.1",
        platform: "ios",
        os: "ios-27",
        protocol: "login/2",
        reason: "user_handle_missing",
        failed: 47,
        succeeded: 212,
      },
    ],
    narrowed: "47 of 47 failures are user_handle_missing on 8.4.1 with iOS 27; no other version has any.",
    difference: {
      from: "8.3.2",
      to: "8.4.1",
      loginProtocol: { from: "login/2", to: "login/2" },
      added: [],
      removed: [],
      changed: ["assets/main-0841.js", "assets/passkey-0841.js"],
    },
    redChecks: [],
    override: null,
  },
  regulator,
  nextStates: ["investigating", "identified", "resolved"],
};
