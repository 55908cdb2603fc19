import type { Regulator } from "@mainstay/wire";
import { spanText } from "../../parts/time-text.ts";

/** A threshold of a regulator, counted. */
export type Threshold = Regulator["thresholds"][number];

/** What a narrow card calls a threshold; the whole name, and the source, stand on hover. */
const short_names: Readonly<Record<string, string>> = {
  critical: "Critical",
  "clients-share": "Share",
  "clients-number": "People",
  duration: "Lasts",
  downtime: "Down for",
  malicious: "Attack",
  others: "Others",
};

/** A threshold's name in a word or two. */
export function thresholdName({ id, name }: Threshold): string {
  return short_names[id] ?? name;
}

/** Whether a machine counted it; the rest is for whoever signs. */
export function isCounted({ counted }: Threshold): boolean {
  return !counted.startsWith("not counted");
}

/** A count or a limit in fewer words: "more than 10 %" is "over 10 %". */
export function shortLimit(words: string): string {
  return words
    .replace(/^(more|longer) than /, "over ")
    .replace(/^not counted here$/, "–")
    .replace(/^.*, ([\d.]+ %)$/, "$1")
    .replace(/^(\d+ min) \d+ s$/, "$1");
}

const deadline_names: Readonly<Record<string, string>> = {
  classification: "Classify by",
  "uk-notification": "Tell the FCA",
};

/** A deadline's name in a word or two. */
export function deadlineName({ id, name }: Deadline): string {
  return deadline_names[id] ?? name;
}

/** What starts a deadline, short enough for its line. */
export function startText({ startsWith }: Deadline): string {
  const start = startsWith
    .replace(/^classifying it as major$/, "“major” is signed")
    .replace(/^sending the /, "the ");
  return `after ${start}`;
}

/** A deadline of a regulator. */
export type Deadline = Regulator["deadlines"][number];

/** How a deadline's clock looks: which part of it is left, and what stands beside it. */
export type DeadlineView = {
  readonly kind: "waiting" | "running" | "late" | "done";
  /** From 1, just begun, to 0, due. */
  readonly left: number;
  readonly figure: string;
  readonly note: string;
};

/** What a deadline says now. Where the calendar counts its length, a month is taken as 30 days. */
export function deadlineView(deadline: Deadline, now: Date): DeadlineView {
  const { startedAt, dueAt, doneAt, length_ms } = deadline;
  const length = length_ms === null ? "1 month" : spanText(length_ms).replace("3 d", "72 h");
  if (doneAt !== null) return { kind: "done", left: 0, figure: "done", note: "" };
  if (startedAt === null || dueAt === null) {
    return { kind: "waiting", left: 1, figure: length, note: "not running" };
  }
  const left_ms = Date.parse(dueAt) - now.getTime();
  if (left_ms < 0) return { kind: "late", left: 0, figure: spanText(-left_ms), note: "late" };
  const whole_ms = Math.max(1, Date.parse(dueAt) - Date.parse(startedAt));
  const figure = deadlineLeftText(left_ms);
  return { kind: "running", left: Math.min(1, left_ms / whole_ms), figure, note: "left" };
}

/** What is left of a deadline: `23 h 39 min`, `43 min`, `2 d 4 h`. */
function deadlineLeftText(left_ms: number): string {
  const minutes = Math.floor(left_ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return spanText(minutes * 60_000);
}
