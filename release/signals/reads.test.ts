import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addMs } from "@mainstay/kernel";
import { logins_threshold } from "./guards.ts";
import { filterOf } from "./reads.ts";
import { readFirstFailure } from "./reads-store.ts";
import { sweep } from "./sweep-store.ts";
import { createScene, rollout, signalOf, type Scene } from "./test-signals.ts";

let scene: Scene;
const stable = { arm: "stable" } as const;
const android = { platform: "android", os: "android-15" } as const;

beforeAll(async () => {
  scene = await createScene();
  const begun = "2026-11-22T12:00:30.000Z";
  await scene.deliver([
    ...Array.from({ length: 8 }, (_, n) => signalOf(n < 3 ? "login-failed" : "login-succeeded", n)),
    ...Array.from({ length: 60 }, (_, n) =>
      signalOf(n < 3 ? "login-failed" : "login-succeeded", 100 + n, { activation: stable }),
    ),
    ...Array.from({ length: 40 }, (_, n) =>
      signalOf("login-succeeded", 200 + n, { activation: { ...stable, ...android } }),
    ),
    ...Array.from({ length: 5 }, (_, n) =>
      signalOf("login-failed", 300 + n, { activation: { device: "new", customer: null } }),
    ),
    // Boots are no log-ins.
    signalOf("activated", 1, { at: begun, begunAt: begun }),
    signalOf("booted", 1, { at: begun, begunAt: begun }),
  ]);
  await scene.settle();
  // Somebody comes back two minutes later.
  await scene.pass(120_000);
  const later = "2026-11-22T12:02:30.000Z";
  await scene.deliver([signalOf("login-succeeded", 7, { tap: 2, at: later, begunAt: later })]);
  await scene.settle();
});
afterAll(() => scene.close());

test("customers are counted once each, by the log-ins that succeeded since a time", async () => {
  const { customersSince } = scene.signals.reads;
  // The five of the new version that got in, one of them twice, and 97 on stable.
  expect(await customersSince(new Date(0))).toBe(102);
  expect(await customersSince(addMs(scene.clock.now(), 1))).toBe(0);
});

describe("the table of segments", () => {
  test("has everybody first, then wider groups, those never logged in, and the finest", async () => {
    const rows = await scene.signals.reads.segments(rollout.id);
    expect(rows[0]).toMatchObject({
      segment: "all",
      candidate: { n: 9, failed: 3 },
      stable: { n: 100, failed: 3 },
    });
    expect(rows[0]?.differencePoints).toBeCloseTo(100 * (3 / 9 - 3 / 100), 6);
    expect(rows[0]?.halfWidthPoints).toBeGreaterThan(0);
    expect(rows[0]?.logE).toBeTypeOf("number");
    const names = rows.map(({ segment }) => segment);
    expect(names.indexOf("platform=ios")).toBeLessThan(names.indexOf("installation=unproven"));
    expect(rows.find(({ segment }) => segment === "installation=unproven")?.candidate).toEqual({
      n: 5,
      failed: 5,
    });
    expect(rows.find(({ segment }) => segment === "os=android-15")).toMatchObject({
      candidate: { n: 0, failed: 0 },
      stable: { n: 40, failed: 0 },
      differencePoints: null,
      halfWidthPoints: null,
    });
    const finest = "platform=ios,os=ios-18,device=returning,way=passkey,visit=later";
    expect(rows.find(({ segment }) => segment === finest)?.candidate).toEqual({ n: 1, failed: 0 });
  });

  test("leads to the log-ins behind each row", async () => {
    const { reads } = scene.signals;
    for (const { segment, candidate, stable: onStable } of await reads.segments(rollout.id)) {
      const asked = { segment, outcome: null } as const;
      expect(await reads.attempts(rollout.id, { ...asked, arm: "candidate" })).toHaveLength(candidate.n);
      expect(await reads.attempts(rollout.id, { ...asked, arm: "stable" })).toHaveLength(onStable.n);
    }
    const failed = await reads.attempts(rollout.id, { segment: "all", arm: "candidate", outcome: "failed" });
    expect(failed).toHaveLength(3);
    expect(failed[0]).toMatchObject({ reason: "login_protocol_unsupported", version: "1.4.0" });
  });

  test("a group's name is read as it is written", () => {
    expect(filterOf("platform=ios,os=ios-18,device=returning,way=passkey,visit=later")).toEqual({
      platform: "ios",
      os: "ios-18",
      way: "passkey",
      comparison: "later",
      proven: true,
    });
    expect(filterOf("installation=unproven").proven).toBe(false);
  });
});

describe("the series", () => {
  test("has a point a minute in which a log-in ended, for a platform and for all", async () => {
    const { reads } = scene.signals;
    const all = await reads.series(rollout.id, null);
    expect(all.threshold).toBe(logins_threshold);
    expect(all.points.map(({ at }) => at)).toEqual(["2026-11-22T12:01:00.000Z", "2026-11-22T12:03:00.000Z"]);
    expect(all.points[0]).toMatchObject({ candidate: { n: 8, failed: 3 }, stable: { n: 100, failed: 3 } });
    expect(all.points[1]).toMatchObject({ candidate: { n: 1, failed: 0 }, stable: { n: 0, failed: 0 } });
    expect(all.marks).toHaveLength(9);
    // The evidence after each, so that the page can draw it log-in by log-in.
    expect(all.marks.at(-1)?.logEvidence).toBe(all.points.at(-1)?.logEvidence);
    expect(all.marks.find(({ succeeded }) => !succeeded)).toMatchObject({
      os: "ios-18",
      way: "passkey",
      reason: "login_protocol_unsupported",
    });
    expect(all.peak?.logEvidence).toBe(Math.max(...all.points.map(({ logEvidence }) => logEvidence ?? 0)));
    const onAndroid = await reads.series(rollout.id, "android");
    expect(onAndroid.points[0]).toMatchObject({
      candidate: { n: 0, failed: 0 },
      stable: { n: 40, failed: 0 },
    });
    expect(onAndroid.points.map(({ logEvidence }) => logEvidence)).toEqual(
      all.points.map(({ logEvidence }) => logEvidence),
    );
  });
});

test("the last signal and the first failure have their times", async () => {
  expect(await scene.signals.reads.lastSignalAt()).toEqual(new Date("2026-11-22T12:03:00.000Z"));
  expect(await readFirstFailure(scene.database, rollout.id)).toEqual({
    at: new Date("2026-11-22T12:01:00.000Z"),
    platform: "ios",
    os: "ios-18",
    reason: "login_protocol_unsupported",
  });
});

test("what is old goes; counts and verdicts stay", async () => {
  const verdict = await scene.signals.reads.verdict(rollout.id);
  const days = (n: number): Date => new Date(scene.clock.now().getTime() + n * 86_400_000);
  expect(await sweep(scene.database, days(89))).toBe(0);
  expect(await sweep(scene.database, days(91))).toBeGreaterThan(100);
  expect(await sweep(scene.database, days(91))).toBe(0);
  expect(await scene.signals.reads.verdict(rollout.id)).toEqual(verdict);
  expect((await scene.signals.reads.segments(rollout.id)).length).toBeGreaterThan(3);
});
