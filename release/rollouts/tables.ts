import type { Generated, Selectable } from "kysely";
import type { Approval, Platform, RolloutEvent, RolloutState } from "@mainstay/wire";

/** A registered version, as the table has it. */
export type VersionsTable = {
  version: string;
  platforms: Platform[];
  login_protocol: string;
  summary: string;
  manifest: string;
  signature: string;
  registered_at: Date;
  withdrawn_at: Date | null;
  withdrawn_reason: string | null;
  withdrawal: string | null;
  withdrawal_signature: string | null;
};
/** What a platform gets, as the table has it. */
export type PlatformsTable = {
  platform: Platform;
  stable: string | null;
  previous: string | null;
  recommended: string | null;
  minimum: string | null;
  store_url: string | null;
};
/** A rollout, as the table has it. */
export type RolloutsTable = {
  id: string;
  version: string;
  state: RolloutState;
  state_since: Date;
  stage: number;
  salt: string;
  started_at: Date;
  started_by_id: string;
  started_by_name: string;
  is_overridden: boolean;
  second_signed_at: Date | null;
  waiting_for: "evidence" | "second-person" | "new-version" | null;
  held_for: "both-arms-fail" | "unproven-installations-fail" | null;
  ended_at: Date | null;
  ended_by_id: string | null;
  ended_by_name: string | null;
  reason: string | null;
  attention: string | null;
  verdict: string | null;
  shown_since: Date | null;
};
type StagesTable = {
  rollout_id: string;
  position: number;
  share: number;
  minutes: number;
  margin_points: number;
  started_at: Date | null;
  ended_at: Date | null;
  still_ms: Generated<bigint>;
  people: number | null;
};
/** A stage of a rollout, as the table has it. */
export type StageRow = Selectable<StagesTable>;
/** A platform of a rollout, as the table has it. */
export type TargetsTable = {
  rollout_id: string;
  platform: Platform;
  goes_back_to: string;
  is_active: boolean;
};
type TakenBackTable = { version: string; platform: Platform; at: Date };
/** A line of the timeline, as the table has it. */
export type EventsTable = {
  number: Generated<bigint>;
  rollout_id: string;
  at: Date;
  kind: RolloutEvent["kind"];
  actor_id: string;
  actor_name: string;
  share: number | null;
  people: number | null;
  reason: string | null;
  details: string;
  happening: string | null;
};
export type EventRow = Selectable<EventsTable>;
type CommandsTable = { id: string; asked: Buffer; answer: string; at: Date };
/** An approval, as the table has it. */
export type ApprovalsTable = {
  id: string;
  kind: Approval["kind"];
  state: Approval["state"];
  version: string | null;
  rollout_id: string | null;
  text: string;
  people: number;
  reason: string;
  effect: string;
  first_id: string;
  first_name: string;
  first_signed_at: Date | null;
  first_signature: string | null;
  second_id: string | null;
  second_name: string | null;
  second_signed_at: Date | null;
  second_signature: string | null;
  second_reason: string | null;
  asked_at: Date;
  expires_at: Date;
  decided_at: Date | null;
};
/** Something that the bank must be told, as the table has it. */
export type BankCallsTable = {
  number: Generated<bigint>;
  kind: "lift-failures" | "refuse-versions";
  version: string;
  rollout_id: string | null;
  asked_at: Date;
  attempts: Generated<number>;
  next_at: Date;
  done_at: Date | null;
};
type DevicesTable = { installation: string; platform: Platform; version: string; seen_at: Date };

/** The rollouts schema, for Kysely. */
export type RolloutTables = {
  "rollouts.versions": VersionsTable;
  "rollouts.platforms": PlatformsTable;
  "rollouts.plan": { one: boolean; epoch: bigint };
  "rollouts.rollouts": RolloutsTable;
  "rollouts.stages": StagesTable;
  "rollouts.targets": TargetsTable;
  "rollouts.taken_back": TakenBackTable;
  "rollouts.events": EventsTable;
  "rollouts.commands": CommandsTable;
  "rollouts.approvals": ApprovalsTable;
  "rollouts.bank_calls": BankCallsTable;
  "rollouts.devices": DevicesTable;
};
