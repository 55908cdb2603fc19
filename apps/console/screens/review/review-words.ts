import type { CheckJourney, Review, ReviewAction, ReviewText, TimelineEntry } from "@mainstay/wire";
import type { StateBadge } from "../releases/words.ts";

/** The document's sections, in their order; those of texts name the parts that people write. */
export const sections: readonly {
  readonly id: string;
  readonly name: string;
  readonly parts: readonly ReviewText[];
}[] = [
  { id: "summary", name: "Summary", parts: ["summary"] },
  { id: "impact", name: "Impact in figures", parts: [] },
  { id: "cause", name: "Root cause and trigger", parts: ["cause", "trigger"] },
  { id: "detection", name: "Detection and timeline", parts: ["detection"] },
  { id: "well", name: "Well, badly, lucky", parts: ["went-well", "went-badly", "lucky"] },
  { id: "actions", name: "Actions", parts: [] },
  { id: "regulator", name: "Regulator", parts: [] },
];

const part_names: Readonly<Record<ReviewText, string>> = {
  summary: "Summary",
  cause: "Cause",
  trigger: "Trigger",
  detection: "Detection",
  "went-well": "What went well",
  "went-badly": "What went badly",
  lucky: "Where we got lucky",
};

/** What a part of the document is called. */
export function partName(part: ReviewText): string {
  return part_names[part];
}

/** A part of the document. */
export function textOf({ texts }: Review, part: ReviewText): Review["texts"][number] {
  return texts.find((candidate) => candidate.part === part) ?? { part, text: "", isDrafted: true };
}

/** Whether an action still waits for somebody: neither done nor moved with a reason. */
export function isOpenAction({ state, note }: ReviewAction): boolean {
  return state === "open" || (state === "moved" && (note ?? "").trim() === "");
}

/** Whether a section is as it should be when the review is closed. */
export function isSectionDone(review: Review, id: string): boolean {
  const section = sections.find((candidate) => candidate.id === id);
  if (id === "impact") return true;
  if (id === "actions") return review.actions.length > 0 && !review.actions.some(isOpenAction);
  if (id === "regulator") return review.regulator.classified !== null;
  return (
    section?.parts.every((part) => {
      const { text, isDrafted } = textOf(review, part);
      return text.trim() !== "" && !isDrafted;
    }) === true
  );
}

/** A piece of a text: words, or a fact of the record by its key. */
export type ReviewPiece =
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "fact"; readonly key: string; readonly label: string; readonly value: string };

/** A text in pieces: `{people} people` is a fact and words; a key that is no fact's stays as it is typed. */
export function reviewPieces(text: string, facts: Review["facts"]): readonly ReviewPiece[] {
  return text
    .split(/(\{[a-z0-9-]{1,60}\})/)
    .filter((part) => part !== "")
    .map((part): ReviewPiece => {
      const fact = facts.find(({ key }) => part === `{${key}}`);
      return fact === undefined ? { kind: "words", text: part } : { kind: "fact", ...fact };
    });
}

/** A page of the console, and what is to be open there. */
export type Target = { readonly to: string; readonly hash?: string };

/**
 * Where a fact leads to: a version to its page, what was found out to the cause, the rest to the incident.
 */
export function factTarget(
  incident: string,
  { key, value }: { readonly key: string; readonly value: string },
): Target {
  if (/^\d+\.\d+\.\d+$/.test(value)) return { to: `/releases/${value}` };
  const isCause = /cause|reason|checks|file|narrowed|override|failed-log-ins/.test(key);
  return { to: `/incidents/${incident}`, ...(isCause ? { hash: "cause" } : {}) };
}

const action_badges: Readonly<Record<ReviewAction["state"], StateBadge>> = {
  open: { tone: "plain", text: "Open" },
  done: { tone: "good", text: "Done" },
  moved: { tone: "info", text: "Moved" },
};

/** How an action stands; one that is due is told by its day. */
export function actionBadge(action: ReviewAction, today: string): StateBadge {
  if (action.state === "open" && action.due < today) return { tone: "danger", text: "Overdue" };
  return action_badges[action.state];
}

/** A point of the drawn timeline. */
export type TimelinePoint = { readonly at: string; readonly name: string };

const point_names: readonly (readonly [kinds: readonly string[], name: string])[] = [
  [["first-failure"], "first refused"],
  [["alarm", "rolled-back"], "alarm, rollback"],
  [["last-switched"], "last device switched"],
  [["last-back"], "last person in"],
];

/** The points that a drawn timeline has: those that happened, in their order. */
export function timelinePoints(timeline: readonly TimelineEntry[]): readonly TimelinePoint[] {
  return point_names.flatMap(([kinds, name]) => {
    const entry = timeline.find(({ kind }) => kinds.includes(kind));
    return entry === undefined ? [] : [{ at: entry.at, name }];
  });
}

/**
 * Where points stand on a line from 0 to 1: as their times say, but at least `gap_min` apart, so that two
 * within a second can still be told apart.
 */
export function pointPositions(times_ms: readonly number[], gap_min: number): readonly number[] {
  const [first = 0] = times_ms;
  const whole_ms = (times_ms.at(-1) ?? first) - first;
  const steps = times_ms.length - 1;
  const free = Math.max(0, 1 - gap_min * steps);
  return times_ms.map((time_ms, index) => {
    if (steps <= 0) return 0;
    const share = whole_ms === 0 ? index / steps : (time_ms - first) / whole_ms;
    return free === 0 ? index / steps : gap_min * index + free * share;
  });
}

const journey_names: Readonly<Record<CheckJourney, string>> = {
  register: "Open an account",
  "log-in-new-passkey-returning": "Log in with a new passkey, same device",
  "log-in-new-passkey-fresh": "Log in with a new passkey, new device",
  "log-in-old-passkey-returning": "Log in with an old passkey, same device",
  "log-in-old-passkey-fresh": "Log in with an old passkey, new device",
  "log-in-clock-off": "Log in with a clock a day off",
  "approve-payment": "Approve a payment",
  recover: "Recover",
  update: "Update from the version before",
  "back-again": "And back again",
};

/** Every journey that can be demanded, as a choice. */
export const journey_options = Object.entries(journey_names).map(([value, name]) => ({ value, name }));

/** What helps with a condition that isn't met yet. */
export type Help = "write" | "actions" | "check" | "reader" | "incident";

/** Which help a condition asks for, by its id. */
export function helpFor(condition: string): Help {
  if (condition.includes("check")) return "check";
  if (condition.includes("action")) return "actions";
  if (condition.includes("read")) return "reader";
  if (/classif|report|regulator|resolved/.test(condition)) return "incident";
  return "write";
}

/** "2 things are missing", in the words of a button that is off. */
export function missingText(conditions: Review["conditions"]): string | null {
  const missing = conditions.filter(({ isMet }) => !isMet).length;
  if (missing === 0) return null;
  return missing === 1 ? "1 thing is missing" : `${missing} things are missing`;
}
