import type { Regulator } from "@mainstay/wire";
import { durationText, percentText } from "../review/words.ts";
import { countText } from "../words.ts";
import { critical_components, regulations } from "./regulations.ts";

type Threshold = Regulator["thresholds"][number];

/** What thresholds are counted from. */
export type Counted = {
  /** What the incident concerns; none named means everything. */
  readonly components: readonly string[];
  /** Customers that were kept out, and installations of nobody known. */
  readonly people: number;
  /** All customers who used the bank within 30 days; null where nobody has counted. */
  readonly clients: number | null;
  readonly firstFailureAt: Date | null;
  /** When the last of them was back; null while somebody is out. */
  readonly lastBackAt: Date | null;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
};

/** How long it lasted, from when it occurred until it was resolved or, while it isn't, until now (Art. 3). */
function durations(counted: Counted, now: Date): { duration_ms: number; downtime_ms: number } {
  const from = Math.min(counted.openedAt.getTime(), counted.firstFailureAt?.getTime() ?? Infinity);
  const end = counted.resolvedAt ?? now;
  const backAt = counted.firstFailureAt === null ? null : (counted.lastBackAt ?? end);
  return {
    duration_ms: Math.max(0, end.getTime() - from),
    downtime_ms: backAt === null ? 0 : Math.max(0, backAt.getTime() - from),
  };
}

function clientRows({ people, clients }: Counted): [Threshold, Threshold] {
  const { clients_share, clients_number } = regulations;
  const share = clients === null || clients === 0 ? null : Math.min(1, people / clients);
  const of =
    clients === null
      ? `${countText(people)} of an unknown number`
      : `${countText(people)} of ${countText(clients)}`;
  return [
    {
      id: "clients-share",
      name: "Share of the clients who use the service",
      counted: share === null ? of : `${of}, ${percentText(share)}`,
      limit: "more than 10 %",
      isReached: share !== null && share > clients_share.limit,
      source: clients_share.source,
    },
    {
      id: "clients-number",
      name: "Clients affected",
      counted: countText(people),
      limit: `more than ${countText(clients_number.limit)}`,
      isReached: people > clients_number.limit,
      source: clients_number.source,
    },
  ];
}

function timeRows(counted: Counted, now: Date, isCritical: boolean): [Threshold, Threshold] {
  const { duration, downtime } = regulations;
  const { duration_ms, downtime_ms } = durations(counted, now);
  return [
    {
      id: "duration",
      name: "Duration of the incident",
      counted: durationText(duration_ms),
      limit: "longer than 24 h",
      isReached: duration_ms > duration.limit,
      source: duration.source,
    },
    {
      id: "downtime",
      name: "Downtime of a service that a critical function needs",
      counted: durationText(downtime_ms),
      limit: "longer than 2 h",
      isReached: isCritical && downtime_ms > downtime.limit,
      source: downtime.source,
    },
  ];
}

/**
 * Counts what can be counted here of the thresholds for a major incident, and says whether those make it
 * one: a critical service affected, and two criteria reached. Malicious access alone would do, and what
 * isn't counted here counts too: both are for the person who classifies (Delegated Regulation (EU)
 * 2024/1772, Art. 8(1)).
 */
export function countThresholds(counted: Counted, now: Date): Pick<Regulator, "thresholds" | "wouldBeMajor"> {
  const { critical, malicious, others, criteria_for_major } = regulations;
  const hit = critical_components.filter(
    (component) => counted.components.length === 0 || counted.components.includes(component),
  );
  const isCritical = hit.length > 0;
  const clients = clientRows(counted);
  const times = timeRows(counted, now, isCritical);
  const reached = [clients, times].filter((rows) => rows.some(({ isReached }) => isReached)).length;
  return {
    thresholds: [
      {
        id: "critical",
        name: "A critical service is affected",
        counted: isCritical ? hit.join(", ") : "none",
        ...{ limit: critical.limit, isReached: isCritical, source: critical.source },
      },
      ...clients,
      ...times,
      {
        id: "malicious",
        name: "Malicious, unauthorised access",
        counted: "not counted here",
        ...{ limit: malicious.limit, isReached: false, source: malicious.source },
      },
      {
        id: "others",
        name: "Counterparts, transactions, reputation, countries, data, costs",
        counted: "not counted here",
        ...{ limit: others.limit, isReached: false, source: others.source },
      },
    ],
    wouldBeMajor: isCritical && reached >= criteria_for_major.limit,
  };
}
