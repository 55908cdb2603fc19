import type { Generated, Kysely, Transaction } from "kysely";
import type { Component } from "@mainstay/wire";
import type { MeasuredState, OfferedComponent, PublicState } from "./types.ts";

/** The schema status, for Kysely. */
export type StatusTables = {
  "status.turns": { is_only: boolean; judged_at: Date | null };
  "status.changes": { number: Generated<bigint>; component: string; state: MeasuredState; at: Date };
  "status.overrides": {
    component: OfferedComponent;
    state: MeasuredState;
    by_id: string;
    by_name: string;
    at: Date;
    reason: string;
  };
  "status.commands": { id: string; at: Date };
  "status.incidents": IncidentsTable;
  "status.updates": UpdatesTable;
  "status.subscribers": {
    id: string;
    email: string;
    email_key: string;
    created_at: Date;
    confirmed_at: Date | null;
    asked_at: Date;
    asked: number;
  };
  "status.mails": {
    id: string;
    subscriber: string;
    update_id: string | null;
    created_at: Date;
    attempt_at: Date;
    attempts: Generated<number>;
    state: Generated<"waiting" | "sending" | "sent" | "failed" | "uncertain">;
    sent_at: Date | null;
    problem: string | null;
  };
};

export type IncidentsTable = {
  incident: string;
  number: string;
  title: string;
  components: Component[];
  state: PublicState;
  started_at: Date;
  ended_at: Date | null;
  is_hidden: Generated<boolean>;
};

export type UpdatesTable = {
  id: string;
  incident: string;
  at: Date;
  state: PublicState;
  text: string;
  drafted: string;
  by_itself: boolean;
  amended_by_id: string | null;
  amended_by_name: string | null;
  amended_at: Date | null;
};

/** A connection or a transaction that knows the schema. */
export type StatusDb = Kysely<StatusTables>;
export type StatusTransaction = Transaction<StatusTables>;
