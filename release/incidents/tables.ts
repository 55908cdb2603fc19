import type { Component, IncidentSource, IncidentState, Platform } from "@mainstay/wire";

/** An incident, as the table has it. */
export type IncidentsTable = {
  id: string;
  number: bigint;
  title: string;
  state: IncidentState;
  severity: number;
  source: IncidentSource;
  opened_at: Date;
  opened_by_id: string;
  opened_by_name: string;
  resolved_at: Date | null;
  commander_id: string | null;
  commander_name: string | null;
  merged_into: string | null;
  scope_versions: string[];
  scope_platforms: Platform[];
  scope_components: Component[];
  scope_from: Date;
  scope_until: Date | null;
  arrivals_read: bigint;
  reviewed_at: Date | null;
};
/** A line of the timeline, as the table has it. */
export type LinesTable = {
  number: bigint;
  incident_id: string;
  happening: string;
  at: Date;
  kind: string;
  title: string;
  detail: string | null;
  actor_id: string | null;
  actor_name: string | null;
};

/** The incidents schema, for Kysely. */
export type IncidentTables = {
  "incidents.register": { single: boolean; last_number: bigint; events_read: bigint };
  "incidents.incidents": IncidentsTable;
  "incidents.rollouts": { incident_id: string; rollout_id: string; attached_at: Date };
  "incidents.lines": LinesTable;
  /** As far as Kysely asks of it; the rest is in affected-store.ts. */
  "incidents.affected": { incident_id: string; customer: string | null };
  "incidents.commands": { id: string; asked: Buffer; answer: string; at: Date };
};
