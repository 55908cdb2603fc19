import { describe, expect, test } from "vitest";
import { incident_id } from "../../../../tests/support/console/incident.ts";
import { review } from "../../../../tests/support/console/review.ts";
import {
  actionBadge,
  factTarget,
  helpFor,
  isSectionDone,
  missingText,
  pointPositions,
  reviewPieces,
  timelinePoints,
} from "./review-words.ts";

describe("a text", () => {
  test("has facts of the record in it; a key that is no fact's stays as it was typed", () => {
    const pieces = reviewPieces("{people} were out, {nobody} knows", review.facts);
    expect(pieces).toEqual([
      { kind: "fact", key: "people", label: "People", value: "31 people" },
      { kind: "words", text: " were out, " },
      { kind: "words", text: "{nobody}" },
      { kind: "words", text: " knows" },
    ]);
  });

  test("each fact leads to what it counts", () => {
    const lead = (key: string, value: string) => factTarget(incident_id, { key, value });
    expect(lead("version", "8.4.1")).toEqual({ to: "/releases/8.4.1" });
    expect(lead("version", "8.4.1 and 8.4.2")).toEqual({ to: `/incidents/${incident_id}` });
    expect(lead("reason", "user_handle_missing")).toEqual({ to: `/incidents/${incident_id}`, hash: "cause" });
    expect(lead("people", "31")).toEqual({ to: `/incidents/${incident_id}` });
  });
});

describe("a section", () => {
  test("of texts is done once each was written by somebody, and not only drafted", () => {
    expect(isSectionDone(review, "cause")).toBe(true);
    const drafted = review.texts.map((text) =>
      text.part === "trigger" ? { ...text, isDrafted: true } : text,
    );
    expect(isSectionDone({ ...review, texts: drafted }, "cause")).toBe(false);
    expect(isSectionDone({ ...review, texts: [] }, "summary")).toBe(false);
  });

  test("of actions is done once none is open; one that is moved says why", () => {
    expect(isSectionDone(review, "actions")).toBe(false);
    const done = review.actions.map((action) => ({ ...action, state: "done" as const }));
    expect(isSectionDone({ ...review, actions: done }, "actions")).toBe(true);
    const moved = done.map((action) => ({ ...action, state: "moved" as const, note: null }));
    expect(isSectionDone({ ...review, actions: moved }, "actions")).toBe(false);
    expect(isSectionDone({ ...review, actions: [] }, "actions")).toBe(false);
  });
});

test("an action that is due is overdue from the day after", () => {
  const [action] = review.actions;
  if (!action) throw new Error("there is no action");
  expect(actionBadge(action, action.due).text).toBe("Open");
  expect(actionBadge(action, "2026-10-06").text).toBe("Overdue");
});

describe("the drawn timeline", () => {
  test("has the points that decide how long it took, in their order", () => {
    expect(timelinePoints(review.timeline).map(({ name }) => name)).toEqual([
      "first refused",
      "alarm, rollback",
      "last device switched",
      "last person in",
    ]);
  });

  test("keeps points apart that are within a second, and ends at its ends", () => {
    const [first = 0, second = 0, third = 0, last = 0] = pointPositions([0, 500, 501, 1_000], 0.2);
    expect(first).toBe(0);
    expect(second).toBeCloseTo(0.4);
    expect(third - second).toBeGreaterThanOrEqual(0.2);
    expect(last).toBe(1);
    expect(pointPositions([7, 7, 7], 0.1)).toEqual([0, 0.5, 1]);
    expect(pointPositions([7], 0.2)).toEqual([0]);
    expect(pointPositions([0, 1, 10, 11, 12], 0.4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });
});

test("what is missing is counted, and each condition has its help", () => {
  expect(missingText(review.conditions)).toBe("2 things are missing");
  expect(missingText(review.conditions.slice(0, 3))).toBe("1 thing is missing");
  expect(missingText([])).toBeNull();
  expect(["written", "actions", "check", "reader", "classified", "resolved"].map(helpFor)).toEqual([
    "write",
    "actions",
    "check",
    "reader",
    "incident",
    "incident",
  ]);
});
