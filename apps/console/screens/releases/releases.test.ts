import { fileDifferences, type CheckCell, type RolloutSegment } from "@mainstay/wire";
import { describe, expect, test } from "vitest";
import { healthy, rolledBack, rolledBackSeries } from "../../../../tests/support/console/rollouts.ts";
import { matrix } from "../../../../tests/support/console/checks.ts";
import { releases } from "../../../../tests/support/console/versions.ts";
import { checkTable, nextRed } from "./check-words.ts";
import { rollbackSteps } from "./rollback-steps.ts";
import { rolloutButtons } from "./rollout-buttons.ts";
import { groupSegments, segmentName } from "./segment-words.ts";
import { everybodyOn, versionTones } from "./tones.ts";
import { listText, rolloutBadge, targetText } from "./words.ts";

describe("the colour of a version", () => {
  test("is lamp for the new one, harbour for stable, greyed harbour for older ones", () => {
    const tones = versionTones(releases());
    expect(Object.fromEntries(tones)).toEqual({
      "8.5.0": "new",
      "8.4.2": "stable",
      "8.3.2": "older-1",
      "8.2.0": "older-2",
      "7.9.4": "older-3",
    });
  });

  test("everybody on some platforms is counted once, most first", () => {
    const [first] = everybodyOn(releases(), ["web"]);
    expect(first).toEqual({ version: "8.4.2", count: 37_288 });
  });
});

describe("a rollout's buttons", () => {
  const look = (rollout: typeof healthy) =>
    rolloutButtons(rollout).map(({ verb, people, why }) => ({ verb, people, why }));

  test("stand in the same places before a rollback and after, then saying why they are off", () => {
    expect(look(healthy)).toEqual([
      { verb: "pause", people: 13_412, why: null },
      { verb: "roll-back", people: 13_412, why: null },
      { verb: "advance", people: 13_428, why: null },
    ]);
    expect(look(rolledBack("guard")).map(({ verb, why }) => ({ verb, why }))).toEqual([
      { verb: "pause", why: "nobody is on it now" },
      { verb: "roll-back", why: "everybody is back" },
      { verb: "advance", why: "needs a new version" },
    ]);
  });

  test("offer to go on where it is paused or held", () => {
    const resume = { allowed: true, why: null, people: 40, needsSecond: false };
    const held = { ...healthy, state: "held" as const, actions: { ...healthy.actions, resume } };
    expect(look(held)[0]).toEqual({ verb: "resume", people: 40, why: null });
  });

  test("finish at the last stage", () => {
    const atEnd = { ...healthy, stage: healthy.stages.length - 1, state: "finishing" as const };
    expect(look(atEnd)[2]?.verb).toBe("finish");
  });
});

test("where a rollback goes is said once where it is the same for all, and by platform where not", () => {
  expect(targetText(healthy)).toBe("8.4.2");
  const rollbackTo = [
    { platform: "ios" as const, version: "8.4.1" },
    { platform: "web" as const, version: "8.4.2" },
  ];
  expect(targetText({ rollbackTo })).toBe("8.4.1 on iOS, 8.4.2 on Web");
  expect(targetText({ rollbackTo: [{ platform: "ios", version: null }] })).toBeNull();
});

test("how a rollout stands is said with its share", () => {
  expect(rolloutBadge(healthy).text).toBe("Rolling out at 5 %");
  expect(rolloutBadge(rolledBack("guard"))).toMatchObject({ text: "Rolled back at 1 %", tone: "danger" });
});

test("what led to a rollback stands in the order of time, with the failed log-in that tipped it", () => {
  const steps = rollbackSteps(rolledBack("guard"), rolledBackSeries().marks);
  expect(steps.map(({ title, text }) => `${title}: ${text}`)).toEqual([
    "4th failed log-in: of 6 on 8.4.1",
    "Evidence 9.60: over the alarm at 6.9",
    "Rolled back to 8.4.0: for 2,684 people, all at once",
    "Last open device switched: 61, in 0.82 s",
  ]);
});

describe("segments", () => {
  const row = (segment: string, n: number): RolloutSegment => ({
    segment,
    candidate: { n, failed: 0 },
    stable: { n: 100, failed: 1 },
    differencePoints: null,
    halfWidthPoints: null,
    logE: null,
  });

  test("are named as people name them", () => {
    expect(segmentName("all")).toBe("All log-ins");
    expect(segmentName("os=ios-18")).toBe("iOS 18");
    expect(segmentName("platform=ios,os=ios-18,visit=first")).toBe("iOS, iOS 18 and first log-in on it");
    expect(segmentName("moon=full")).toBe("moon=full");
  });

  test("stand in groups: systems from their newest version, what is unknown among the others", () => {
    const rows = ["os=android-15", "moon=full", "os=ios-26", "all", "os=ios-27", "platform=web,os=other"];
    const groups = groupSegments(rows.map((segment, index) => row(segment, 10 + index)));
    expect(groups.map(({ name, segments }) => [name, segments.map(({ segment }) => segment)])).toEqual([
      [null, ["all"]],
      ["System", ["os=ios-27", "os=ios-26", "os=android-15"]],
      ["Others", ["moon=full"]],
      ["Finest", ["platform=web,os=other"]],
    ]);
  });
});

describe("the check matrix", () => {
  test("has the newest protocol first and a place for each journey", () => {
    const { rows, columns } = checkTable(matrix("8.6.0").cells);
    expect(rows.map(({ version }) => version)).toEqual([
      "8.6.0",
      "8.5.0",
      "8.4.2",
      "8.3.2",
      "8.2.0",
      "7.9.4",
    ]);
    expect(columns).toHaveLength(10);
    expect(nextRed(rows, { row: 0, column: -1 })).toEqual({ row: 0, column: 4 });
    // Past the last one it begins again.
    expect(nextRed(rows, { row: 3, column: 0 })).toEqual({ row: 0, column: 4 });
  });

  test("leaves empty what wasn't tried", () => {
    const [first, second] = matrix("8.5.0").cells as [CheckCell, CheckCell];
    const { rows } = checkTable([first, { ...second, version: "8.5.0" }]);
    expect(rows.map(({ cells }) => cells.map((cell) => cell?.journey ?? null))).toEqual([
      [first.journey, null],
      [null, second.journey],
    ]);
  });
});

test("files of two versions are the same by their name without its hash, and differ by their content", () => {
  const file = (path: string, sha256: string, bytes: number) => ({ path, sha256, bytes });
  const older = {
    files: [file("assets/main-4f3a9c1b.js", "a", 10), file("gone.css", "b", 5), file("same.svg", "c", 1)],
  };
  const newer = {
    files: [file("assets/main-99ab01cd.js", "d", 30), file("new.css", "e", 7), file("same.svg", "c", 1)],
  };
  expect(fileDifferences(older, newer)).toEqual([
    { name: "assets/main.js", kind: "changed", before: 10, after: 30 },
    { name: "new.css", kind: "added", before: null, after: 7 },
    { name: "gone.css", kind: "removed", before: 5, after: null },
  ]);
});

test("things in a sentence have their commas and their and", () => {
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listText)).toEqual(["", "a", "a and b", "a, b and c"]);
});
