import type { Generated } from "kysely";
import type { ReviewAction, ReviewText } from "@mainstay/wire";

export type ReviewsTable = {
  incident_id: string;
  draft: number;
  reader_id: string | null;
  reader_name: string | null;
  reader_asked_at: Date | null;
  read_at: Date | null;
  closed_at: Date | null;
  closed_by_id: string | null;
  closed_by_name: string | null;
  closed_review: string | null;
};
type TextsTable = { incident_id: string; part: ReviewText; text: string };
export type ActionsTable = {
  id: string;
  incident_id: string;
  number: Generated<bigint>;
  what: string;
  owner_id: string;
  owner_name: string;
  due: string;
  state: ReviewAction["state"];
  note: string | null;
};
type EditsTable = {
  incident_id: string;
  draft: number;
  at: Date;
  by_id: string;
  by_name: string;
  what: string;
  content: string;
};
export type ClassificationsTable = {
  number: Generated<bigint>;
  incident_id: string;
  classified_as: "major" | "not-major";
  by_id: string;
  by_name: string;
  at: Date;
  reason: string;
};
type ReportsTable = {
  incident_id: string;
  deadline: string;
  sent_at: Date;
  by_id: string;
  by_name: string;
};

/** The review's part of the incidents schema, for Kysely. */
export type ReviewTables = {
  "incidents.reviews": ReviewsTable;
  "incidents.review_texts": TextsTable;
  "incidents.review_actions": ActionsTable;
  "incidents.review_edits": EditsTable;
  "incidents.classifications": ClassificationsTable;
  "incidents.reports": ReportsTable;
};
