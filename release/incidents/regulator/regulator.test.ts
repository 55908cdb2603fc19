import { expect, test } from "vitest";
import { addMonth } from "./calendar.ts";
import { clockDeadlines } from "./deadlines.ts";
import { countThresholds, type Counted } from "./thresholds.ts";

const at = (time: string) => new Date(`2026-10-01T${time}Z`);
const now = at("12:00:00");
const hour = 60 * 60_000;

const few: Counted = {
  components: ["log-in"],
  people: 31,
  clients: 26_840,
  firstFailureAt: at("07:41:12"),
  lastBackAt: at("08:31:50"),
  openedAt: at("07:53:09"),
  resolvedAt: at("09:30:00"),
};
const reached = (change: Partial<Counted>, when = now) =>
  countThresholds({ ...few, ...change }, when)
    .thresholds.filter(({ isReached }) => isReached)
    .map(({ id }) => id);
const isMajor = (change: Partial<Counted>) => countThresholds({ ...few, ...change }, now).wouldBeMajor;

test("few customers for less than an hour reach nothing, although log-in is critical", () => {
  const { thresholds, wouldBeMajor } = countThresholds(few, now);
  expect(wouldBeMajor).toBe(false);
  expect(reached({})).toEqual(["critical"]);
  expect(thresholds.find(({ id }) => id === "clients-share")?.counted).toBe("31 of 26,840, 0.12 %");
  expect(thresholds.find(({ id }) => id === "downtime")?.counted).toBe("50 min 38 s");
  expect(thresholds.every(({ source }) => source.includes("2024/1772, Art."))).toBe(true);
});

test("a threshold is reached above its figure, not at it", () => {
  expect(reached({ people: 2_684 })).not.toContain("clients-share");
  expect(reached({ people: 2_685 })).toContain("clients-share");
  expect(reached({ people: 100_000, clients: 10_000_000 })).not.toContain("clients-number");
  expect(reached({ people: 100_001, clients: 10_000_000 })).toContain("clients-number");
  const twoHours = new Date(at("07:41:12").getTime() + 2 * hour);
  expect(reached({ lastBackAt: twoHours })).not.toContain("downtime");
  expect(reached({ lastBackAt: new Date(twoHours.getTime() + 1) })).toContain("downtime");
});

test("clients are one criterion and time is another: it takes both, and a critical service", () => {
  const many = { people: 200_000, clients: 1_000_000 };
  expect(reached(many)).toEqual(["critical", "clients-share", "clients-number"]);
  expect(isMajor(many)).toBe(false);
  const long = { lastBackAt: at("10:00:00"), resolvedAt: at("10:00:00") };
  expect(isMajor(long)).toBe(false);
  expect(isMajor({ ...many, ...long })).toBe(true);
  expect(isMajor({ ...many, ...long, components: ["developer-api"] })).toBe(false);
  expect(isMajor({ ...many, ...long, components: [] })).toBe(true);
});

test("while somebody is out, and while it isn't resolved, time goes on until now", () => {
  const open = { lastBackAt: null, resolvedAt: null };
  expect(reached(open)).toContain("downtime");
  const dayLater = new Date(now.getTime() + 24 * hour);
  expect(reached(open, dayLater)).toContain("duration");
});

test("without a count of all clients no share is claimed", () => {
  const { thresholds } = countThresholds({ ...few, clients: null }, now);
  const share = thresholds.find(({ id }) => id === "clients-share");
  expect(share).toMatchObject({ counted: "31 of an unknown number", isReached: false });
});

test.each([
  ["2026-10-01T12:00:00Z", "2026-11-01T13:00:00Z", "the clocks go back in between"],
  ["2026-03-15T10:00:00Z", "2026-04-15T09:00:00Z", "the clocks go forward in between"],
  ["2027-01-31T23:30:00Z", "2027-02-28T23:30:00Z", "a month without that day ends with its last"],
  ["2028-01-30T12:00:00.250Z", "2028-02-29T12:00:00.250Z", "a leap year"],
  ["2026-12-31T09:00:00Z", "2027-01-31T09:00:00Z", "a year ends in between"],
  ["2026-06-30T23:30:00Z", "2026-07-31T23:30:00Z", "in London it is the first of July already"],
  ["2026-02-28T23:59:59Z", "2026-03-28T23:59:59Z", "the day before the clocks go forward"],
])("a month after %s is %s: %s", (from, to) => {
  expect(addMonth(new Date(from)).toISOString()).toBe(new Date(to).toISOString());
});

const clocked = (change: Partial<Parameters<typeof clockDeadlines>[0]> = {}) =>
  new Map(
    clockDeadlines({ awareAt: at("08:00:00"), classified: null, sentAt: new Map(), ...change }).map(
      (deadline) => [deadline.id, deadline],
    ),
  );
const dueOf = (of: ReturnType<typeof clocked>, id: string) => of.get(id)?.dueAt;

test("before it is classified, that and the FCA's four hours run; reports name what starts them", () => {
  const of = clocked();
  expect(dueOf(of, "classification")).toBe("2026-10-02T08:00:00.000Z");
  expect(dueOf(of, "uk-notification")).toBe("2026-10-01T12:00:00.000Z");
  for (const id of ["first-report", "second-report", "final-report"]) {
    expect(of.get(id)).toMatchObject({ startedAt: null, dueAt: null });
  }
  expect(of.get("first-report")?.startsWith).toBe("classifying it as major");
});

test("what was classified as not major owes nothing", () => {
  const of = clocked({ classified: { as: "not-major", at: at("09:00:00") } });
  expect(of.get("classification")?.doneAt).toBe("2026-10-01T09:00:00.000Z");
  for (const id of ["uk-notification", "first-report", "second-report", "final-report"]) {
    expect(dueOf(of, id)).toBeNull();
  }
});

test("the first report is due 4 h after classifying it, 24 h after knowing of it at the latest", () => {
  const classifiedAt = (time: Date) => clocked({ classified: { as: "major", at: time } });
  expect(dueOf(classifiedAt(at("09:00:00")), "first-report")).toBe("2026-10-01T13:00:00.000Z");
  const late = new Date(at("08:00:00").getTime() + 22 * hour);
  expect(dueOf(classifiedAt(late), "first-report")).toBe("2026-10-02T08:00:00.000Z");
  // Known to be major only on the second day: four hours from then.
  const later = new Date(at("08:00:00").getTime() + 30 * hour);
  expect(dueOf(classifiedAt(later), "first-report")).toBe("2026-10-02T18:00:00.000Z");
});

test("the second report is due 72 h after the first was sent, the final one a month after the second", () => {
  const classified = { as: "major", at: at("09:00:00") } as const;
  const first = new Map([["first-report", at("10:00:00")]]);
  expect(dueOf(clocked({ classified, sentAt: first }), "second-report")).toBe("2026-10-04T10:00:00.000Z");
  expect(dueOf(clocked({ classified, sentAt: first }), "final-report")).toBeNull();
  const second = new Map([...first, ["second-report", at("11:00:00")] as const]);
  const of = clocked({ classified, sentAt: second });
  expect(dueOf(of, "final-report")).toBe("2026-11-01T12:00:00.000Z");
  expect(of.get("final-report")?.length_ms).toBeNull();
});
