import type { CheckJourney } from "@mainstay/wire";

type RunsTable = {
  id: string;
  candidate: string;
  manifest_sha256: string;
  stable: string | null;
  started_at: Date;
  ended_at: Date;
  server_now: string;
  server_next: string | null;
  browser: string;
  green: number;
  total: number;
  taken_at: Date;
  purpose: "whole" | "demanded";
};
type CellsTable = {
  run_id: string;
  position: number;
  version: string;
  protocol: string;
  server: "now" | "next";
  journey: string;
  title: string;
  result: "passed" | "failed" | "skipped";
  ms: number;
  reason: string | null;
  steps: string;
  picture: string | null;
};
type DemandedTable = {
  id: string;
  incident: string;
  incident_number: string;
  journey: CheckJourney;
  title: string;
  failed_on: string | null;
  demanded_at: Date;
  demanded_by: string;
  demanded_by_name: string;
};
/** The checks schema, for Kysely. */
export type ChecksTables = {
  "checks.runs": RunsTable;
  "checks.cells": CellsTable;
  "checks.demanded": DemandedTable;
};
