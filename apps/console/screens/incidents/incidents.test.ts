import type { Incident } from "@mainstay/wire";
import { describe, expect, test } from "vitest";
import {
  affected,
  incident,
  incident_now,
  morning,
  nameOf,
  regulator,
  summary,
} from "../../../../tests/support/console/incident.ts";
import { message, sent } from "../../../../tests/support/console/message.ts";
import { affectedName, commonSystem, deviceText, outText } from "./affected-words.ts";
import { deadlineView, isCounted, shortLimit, type Deadline } from "./regulator-words.ts";
import { entryLook } from "./timeline-words.ts";
import { beforeAllClear, incidentLength_ms, openerText, shortReference, whyNoAllClear } from "./words.ts";

const [sofia, , ruth] = affected;
const told_ms = incident_now.getTime();

describe("those affected", () => {
  test("are called by name for who may see it, else by reference; nobody known is said in words", () => {
    if (!sofia) throw new Error("nobody is affected");
    const names = new Map([[sofia.customer ?? "", nameOf(sofia.customer ?? "") ?? ""]]);
    expect(affectedName(sofia, names)).toBe("Sofia Lindgren");
    expect(affectedName(sofia, new Map())).toBe("cus_…00000");
    expect(affectedName({ ...sofia, customer: null, knownBy: "nobody" }, names)).toBe("Not known yet");
    expect(affectedName({ ...sofia, customer: null, knownBy: "registration" }, names)).toBe("A new customer");
  });

  test("who isn't back goes on being out since the list was told; who is back doesn't", () => {
    if (!sofia || !ruth) throw new Error("nobody is affected");
    const later = new Date(told_ms + 5_000);
    expect(outText(sofia, told_ms, incident_now)).toBe("26 min 36 s");
    expect(outText(sofia, told_ms, later)).toBe("26 min 41 s");
    expect(outText(ruth, told_ms, later)).toBe("21 min 52 s");
  });

  test("what all devices have in common stands once, in the head", () => {
    expect(commonSystem(affected)).toBe("iOS 27");
    const [first, ...rest] = affected;
    if (!first) throw new Error("nobody is affected");
    const other = { ...first, platform: "android" as const, os: "android-16" };
    expect(commonSystem([other, ...rest])).toBeNull();
    expect(deviceText(other, null)).toBe("Android phone, Android 16");
    expect(deviceText(other, "Android 16")).toBe("Android phone");
  });
});

describe("a deadline", () => {
  const [classify, first] = regulator.deadlines;
  if (!classify || !first) throw new Error("there are no deadlines");
  const at = (time: string, deadline: Deadline = classify) => deadlineView(deadline, new Date(morning(time)));

  test("that runs says what is left, and its arc is that part of it", () => {
    const view = at("09:14:07");
    expect(view).toMatchObject({ kind: "running", figure: "23 h 39 min", note: "left" });
    expect(view.left).toBeCloseTo(0.9855, 3);
  });

  test("that hasn't begun says how long it will be, and that it isn't running", () => {
    expect(at("09:14:07", first)).toEqual({ kind: "waiting", left: 1, figure: "4 h", note: "not running" });
    const month = regulator.deadlines.at(-1);
    expect(month && at("09:14:07", month).figure).toBe("1 month");
  });

  test("that has passed is late by so much; one that is done is neither", () => {
    const due = { ...classify, dueAt: morning("09:00:00") };
    expect(at("09:45:00", due)).toMatchObject({ kind: "late", figure: "45 min", note: "late" });
    expect(at("09:45:00", { ...due, doneAt: morning("08:59:00") }).kind).toBe("done");
  });
});

test("a threshold's words fit a narrow card", () => {
  expect(shortLimit("more than 10 %")).toBe("over 10 %");
  expect(shortLimit("longer than 2 h")).toBe("over 2 h");
  expect(shortLimit("31 of 26,840, 0.12 %")).toBe("0.12 %");
  const [people] = regulator.thresholds;
  expect(people && isCounted(people)).toBe(true);
  expect(people && isCounted({ ...people, counted: "not counted here" })).toBe(false);
});

describe("the all clear", () => {
  test("says what is still open before it is given", () => {
    expect(beforeAllClear(incident, [message])).toEqual([
      "2 of 31 aren’t back in yet.",
      "No message has gone out to those affected.",
      "Nobody has signed whether it is major.",
    ]);
    const { impact } = incident;
    const done: Incident = {
      ...incident,
      impact: { ...impact, backIn: impact.people },
      regulator: {
        ...regulator,
        classified: {
          as: "not-major",
          by: summary.openedBy,
          at: morning("10:02:00"),
          reason: "None reached",
        },
      },
    };
    expect(beforeAllClear(done, [sent])).toEqual([]);
  });

  test("can't be given where the state doesn't lead to it, and says why", () => {
    expect(whyNoAllClear(incident)).toBeNull();
    expect(whyNoAllClear({ ...incident, nextStates: ["investigating"] })).toBe("first “Looking into it”");
    expect(whyNoAllClear({ ...incident, state: "resolved" })).toBe("it was given");
    expect(whyNoAllClear({ ...incident, state: "merged", mergedInto: "inc_0000000000000000000040" })).toBe(
      "it goes on as another",
    );
  });
});

test("an incident runs until it is resolved, and then is as long as it ran", () => {
  expect(incidentLength_ms(summary, incident_now)).toBe(1_257_000);
  expect(incidentLength_ms({ ...summary, resolvedAt: morning("09:00:00") }, incident_now)).toBe(410_000);
});

test("who opened it is told by name, and a machine by what it is", () => {
  expect(openerText(summary)).toBe("the guard");
  expect(openerText({ source: "staff", openedBy: { id: "staff_1", name: "Amara Cole" } })).toBe("Amara Cole");
});

test("a reference is short enough for a cell and still tells two apart", () => {
  expect(shortReference("cus_0123456789abcdefghijkl")).toBe("cus_…hijkl");
  expect(shortReference("cus_1")).toBe("cus_1");
});

test("red is only what failed or took something back; an unknown kind is told all the same", () => {
  expect(entryLook("rolled-back").tone).toBe("danger");
  expect(entryLook("published").tone).toBe("plain");
  expect(entryLook("something-new").tone).toBe("plain");
});
