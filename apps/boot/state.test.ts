import { describe, expect, test } from "vitest";
import {
  beginBoot,
  boot_ms_max,
  bootTransition,
  empty_memory,
  quarantined_max,
  swap_again_ms_min,
  type BootEffect,
  type BootEvent,
  type BootMemory,
  type BootState,
} from "./state.ts";

const none = { kind: "none" } as const;
const memoryOf = (change: Partial<BootMemory>): BootMemory => ({ ...empty_memory, ...change });
const assigned = (version: string, ...healthy: string[]): BootEvent => ({
  type: "assigned",
  version,
  activation: `token of ${version}`,
  healthy,
  update: none,
});
const passed = (foregroundMs: number): BootEvent => ({ type: "passed", foregroundMs });
const refused = (code: string): BootEvent => ({ type: "refused", code });
const swap = (version: string): BootEvent => ({ type: "swap", version });
const verified: BootEvent = { type: "verified", visible: true };
const booted: BootEvent = { type: "booted" };
const crashed: BootEvent = { type: "crashed" };
const unasked: BootEvent = { type: "assignment-failed" };
const unreachable: BootEvent = { type: "load-failed", reason: "unreachable" };
const damaged: BootEvent = { type: "load-failed", reason: "damaged" };
const not_supported = "login_protocol_unsupported";

/** Runs events on a fresh page load; answers where it ends and everything that the page was to do. */
function run(memory: BootMemory, ...events: BootEvent[]): { state: BootState; effects: BootEffect[] } {
  let { state, effects } = beginBoot(memory);
  const done = [...effects];
  for (const event of events) {
    ({ state, effects } = bootTransition(state, event));
    done.push(...effects);
  }
  return { state, effects: done };
}

const ofType = <Type extends BootEffect["type"]>(effects: readonly BootEffect[], type: Type) =>
  effects.filter((effect): effect is Extract<BootEffect, { type: Type }> => effect.type === type);
const reports = (effects: readonly BootEffect[]) =>
  ofType(effects, "report").map(({ kind, reason, activation }) => [kind, reason, activation]);
/** A page on which version 2 runs, where version 1 has logged in before. */
const running = (...events: BootEvent[]) =>
  run(
    memoryOf({ good: ["1.0.0"], stood: ["1.0.0"] }),
    assigned("2.0.0", "1.0.0"),
    verified,
    booted,
    ...events,
  );

describe("a bundle that stands", () => {
  test("is revealed, remembered and kept, and reported by its own activation", () => {
    const { state, effects } = run(empty_memory, assigned("1.0.0"), verified, booted);
    expect(state.name).toBe("running");
    const candidate = { version: "1.0.0", activation: "token of 1.0.0", update: none };
    expect(effects).toEqual([
      { type: "ask", failed: null },
      { type: "remember", memory: empty_memory },
      { type: "load", version: "1.0.0" },
      { type: "report", kind: "activated", reason: null, activation: "token of 1.0.0" },
      { type: "start", candidate, switched: null },
      { type: "reveal" },
      { type: "remember", memory: memoryOf({ stood: ["1.0.0"] }) },
      { type: "report", kind: "booted", reason: null, activation: "token of 1.0.0" },
      { type: "keep", versions: ["1.0.0"] },
    ]);
  });

  test("is nothing to fall back to until it has logged in, by the server's word", () => {
    expect(run(empty_memory, assigned("1.0.0"), verified, booted).state.memory.good).toEqual([]);
    const { state, effects } = run(
      empty_memory,
      assigned("1.0.0"),
      verified,
      booted,
      { type: "logged-in" },
      { type: "healthy", versions: ["1.0.0"] },
    );
    expect(ofType(effects, "ask-healthy")).toEqual([{ type: "ask-healthy", running: "1.0.0" }]);
    expect(state.memory.good).toEqual(["1.0.0"]);
  });

  test("that says it has logged in, where the server doesn't, is not healthy", () => {
    const { state } = running({ type: "logged-in" }, { type: "healthy", versions: ["1.0.0"] });
    expect(state.memory.good).toEqual(["1.0.0"]);
  });

  test("is kept beside one that has logged in, and older ones are forgotten", () => {
    const { effects } = run(
      memoryOf({ good: ["1.0.0"], stood: ["2.0.0", "1.5.0"] }),
      assigned("3.0.0", "1.0.0"),
      verified,
      booted,
    );
    expect(ofType(effects, "keep")).toEqual([{ type: "keep", versions: ["3.0.0", "1.0.0"] }]);
  });

  test("is started out of sight without a report, which follows when it is seen", () => {
    const hidden = run(empty_memory, assigned("1.0.0"), { type: "verified", visible: false });
    expect(reports(hidden.effects)).toEqual([]);
    expect(reports(bootTransition(hidden.state, { type: "shown" }).effects)).toEqual([
      ["activated", null, "token of 1.0.0"],
    ]);
  });

  test("that goes out of sight before it stands proves nothing, and says so once", () => {
    const { effects } = run(
      empty_memory,
      assigned("1.0.0"),
      verified,
      { type: "hidden" },
      { type: "shown" },
      { type: "hidden" },
    );
    expect(reports(effects).map(([kind]) => kind)).toEqual(["activated", "boot-hidden"]);
  });

  test("reports the log-in that it offers, and a crash, once each; a crash moves nobody", () => {
    const offered: BootEvent = { type: "login-offered" };
    const { state, effects } = running(offered, offered, crashed, crashed);
    expect(state.name).toBe("running");
    expect(reports(effects).map(([kind]) => kind)).toEqual([
      "activated",
      "booted",
      "login-offered",
      "crashed",
    ]);
  });
});

describe("a version that fails where another has logged in", () => {
  test.each<[string, BootEvent[], string[]]>([
    ["crashed", [crashed], ["activated", "boot-failed", "fell-back"]],
    ["slow", [passed(boot_ms_max - 1), passed(1)], ["activated", "boot-failed", "fell-back"]],
    ["refused", [refused(not_supported)], ["activated", "fell-back"]],
    ["refused", [booted, refused(not_supported)], ["activated", "booted", "fell-back"]],
  ])("(%s) is left at once, quarantined and reported", (reason, events, kinds) => {
    const memory = memoryOf({ good: ["1.0.0"], stood: ["1.0.0"] });
    const { state, effects } = run(memory, assigned("2.0.0", "1.0.0"), verified, ...events);
    expect(state.name).toBe("restarting");
    expect(state.memory).toMatchObject({ quarantined: ["2.0.0"], left: { version: "2.0.0", reason } });
    expect(reports(effects).map(([kind]) => kind)).toEqual(kinds);
    expect(reports(effects).at(-1)).toEqual(["fell-back", reason, "token of 2.0.0"]);
    expect(effects.slice(-1)).toEqual([{ type: "restart" }]);
    expect(effects.findLastIndex(({ type }) => type === "remember")).toBeLessThan(effects.length - 1);
    // The next page tells the edge, and the bundle that it starts, why it is there.
    const next = run(state.memory, assigned("1.0.0", "1.0.0"), verified);
    expect(next.effects[0]).toEqual({ type: "ask", failed: "2.0.0" });
    expect(ofType(next.effects, "start")).toMatchObject([{ switched: reason }]);
    // Once that stands, the tale is told.
    expect(bootTransition(next.state, booted).state.memory.left).toBeNull();
  });

  test("is started from what is kept here when the edge can't be asked", () => {
    const { state } = run(memoryOf({ good: ["1.0.0"], left: { version: "2.0.0", reason: "slow" } }), unasked);
    // Only what the edge assigns has an activation: a version that is gone back to can't vouch for itself.
    expect(state).toMatchObject({ name: "loading", candidate: { version: "1.0.0", activation: null } });
  });

  test("doesn't come back, even when the edge names it again", () => {
    const memory = memoryOf({ good: ["1.0.0"], quarantined: ["2.0.0"] });
    const asked = run(memory, assigned("2.0.0", "1.0.0"));
    expect(ofType(asked.effects, "ask").at(-1)).toEqual({ type: "ask", failed: "2.0.0" });
    const again = bootTransition(asked.state, assigned("2.0.0", "1.0.0"));
    expect(again.state).toMatchObject({ name: "loading", candidate: { version: "1.0.0", activation: null } });
    expect(bootTransition(asked.state, assigned("1.0.0", "1.0.0")).state).toMatchObject({
      candidate: { version: "1.0.0", activation: "token of 1.0.0" },
    });
  });

  test("becomes usable again by logging in", () => {
    const memory = memoryOf({ quarantined: ["2.0.0"] });
    const { state } = run(memory, assigned("2.0.0"), assigned("2.0.0"), verified, booted, {
      type: "healthy",
      versions: ["2.0.0"],
    });
    expect(state.memory).toMatchObject({ good: ["2.0.0"], quarantined: [] });
  });

  test("is remembered up to a limit", () => {
    const quarantined = Array.from({ length: quarantined_max }, (_, index) => `3.0.${index}`);
    const memory = memoryOf({ good: ["1.0.0"], quarantined });
    const { state } = run(memory, assigned("2.0.0", "1.0.0"), verified, crashed);
    expect(state.memory.quarantined).toEqual(["2.0.0", ...quarantined.slice(0, -1)]);
  });
});

describe("a version that fails where nothing has logged in yet", () => {
  const start = [assigned("2.0.0"), verified];
  const slow = passed(boot_ms_max);

  test.each<[string, BootEvent[]]>([
    ["crashed", [crashed]],
    ["slow", [slow]],
    ["refused", [booted, refused(not_supported)]],
  ])("(%s) goes on while the edge is asked, and is left for the one that it names", (reason, events) => {
    const asked = run(empty_memory, ...start, ...events);
    expect(asked.effects.at(-1)).toEqual({ type: "ask", failed: "2.0.0" });
    const { state, effects } = bootTransition(asked.state, assigned("1.0.0"));
    expect(state).toMatchObject({ name: "restarting", memory: { left: { version: "2.0.0", reason } } });
    expect(effects.map(({ type }) => type)).toEqual(["remember", "report", "restart"]);
  });

  test.each<[string, BootEvent]>([
    ["knows no other", assigned("2.0.0")],
    ["can't be asked", unasked],
  ])("and the edge %s: the person is told, and a late start still counts", (_what, answer) => {
    const { state, effects } = run(empty_memory, ...start, slow, answer);
    expect(effects.at(-1)).toEqual({ type: "tell", failure: "slow" });
    expect(bootTransition(state, passed(60_000)).effects).toEqual([]);
    expect(bootTransition(state, booted).state.name).toBe("running");
    expect(bootTransition(state, { type: "retried" }).effects).toEqual([{ type: "restart" }]);
  });

  test("and fails again for want of another: the person is told, and nothing goes round in circles", () => {
    const memory = memoryOf({ quarantined: ["2.0.0"] });
    const { state, effects } = run(memory, assigned("2.0.0"), assigned("2.0.0"), verified, crashed);
    expect(state.name).toBe("starting");
    expect(effects.at(-1)).toEqual({ type: "tell", failure: "crashed" });
    const refusedAgain = bootTransition(bootTransition(state, booted).state, refused(not_supported));
    expect(refusedAgain.effects).toEqual([]);
  });
});

describe("what moves nobody", () => {
  test.each([
    "internal",
    "bank_unavailable",
    "login_failed",
    "too_many_requests",
    "use_dpop_nonce",
    "offline",
  ])("a refusal with %s", (code) => {
    const before = running().state;
    expect(bootTransition(before, refused(code))).toEqual({ state: before, effects: [] });
  });

  test("being offline: what stood last starts, whatever has logged in since", () => {
    const memory = memoryOf({ good: ["1.0.0"], stood: ["2.0.0", "1.0.0"] });
    const { state } = run(memory, unasked, verified, booted);
    expect(state).toMatchObject({ name: "running", candidate: { version: "2.0.0" } });
    expect(state.memory.quarantined).toEqual([]);
  });

  test("files that can't be fetched: the version is not blamed for it", () => {
    const memory = memoryOf({ good: ["1.0.0"], stood: ["1.0.0"] });
    const { state } = run(memory, assigned("2.0.0", "1.0.0"), unreachable);
    expect(state).toMatchObject({ name: "loading", candidate: { version: "1.0.0" } });
    expect(state.memory.quarantined).toEqual([]);
    expect(bootTransition(state, unreachable).state).toMatchObject({ name: "stuck", failure: "unreachable" });
  });

  test("time in the background", () => {
    expect(run(empty_memory, assigned("1.0.0"), verified, passed(boot_ms_max - 1)).state.name).toBe(
      "starting",
    );
  });
});

describe("a damaged version", () => {
  test("is never started: the edge is asked for another", () => {
    const { state, effects } = run(memoryOf({ good: ["1.0.0"] }), assigned("2.0.0", "1.0.0"), damaged);
    expect(state).toMatchObject({ name: "assigning", memory: { quarantined: ["2.0.0"] } });
    expect(reports(effects).map(([kind, reason]) => [kind, reason])).toEqual([
      ["boot-failed", "damaged"],
      ["fell-back", "damaged"],
    ]);
    expect(effects.at(-1)).toEqual({ type: "ask", failed: "2.0.0" });
    const next = bootTransition(bootTransition(state, assigned("1.0.0", "1.0.0")).state, verified);
    expect(ofType(next.effects, "start")).toMatchObject([{ switched: "damaged" }]);
  });

  test("that is all there is, is told of and not tried in circles", () => {
    const { state } = run(empty_memory, assigned("2.0.0"), damaged, assigned("2.0.0"));
    expect(state).toMatchObject({ name: "stuck", failure: "damaged" });
  });
});

describe("a version that was taken back", () => {
  test("is left at once, and forgotten as something to begin with", () => {
    const { state, effects } = run(
      memoryOf({ good: ["2.0.0", "1.0.0"], stood: ["2.0.0", "1.0.0"] }),
      assigned("2.0.0", "2.0.0", "1.0.0"),
      verified,
      booted,
      swap("1.0.0"),
    );
    expect(state.name).toBe("restarting");
    expect(state.memory).toEqual({
      good: ["1.0.0"],
      stood: ["1.0.0"],
      quarantined: [],
      left: { version: "2.0.0", reason: "taken-back" },
    });
    expect(reports(effects).at(-1)).toEqual(["fell-back", "taken-back", "token of 2.0.0"]);
    // It failed nobody here: the edge knows by itself that it was taken back.
    expect(beginBoot(state.memory).effects).toEqual([{ type: "ask", failed: null }]);
  });

  test("while it starts, is left too; the word for the version that runs changes nothing", () => {
    expect(run(empty_memory, assigned("2.0.0"), verified, swap("1.0.0")).state.name).toBe("restarting");
    expect(running(swap("2.0.0")).state.name).toBe("running");
  });

  test("in place of one that was taken back a moment ago, stays that moment", () => {
    const memory = memoryOf({ left: { version: "3.0.0", reason: "taken-back" } });
    const { state } = run(memory, assigned("2.0.0"), verified, booted, swap("1.0.0"));
    expect(state.name).toBe("running");
    expect(bootTransition(state, passed(swap_again_ms_min)).state.name).toBe("restarting");
  });

  test("is no longer the page's own: what it still says counts for nothing", () => {
    const left = running(swap("1.0.0")).state;
    const said: BootEvent[] = [
      booted,
      { type: "logged-in" },
      { type: "healthy", versions: ["2.0.0"] },
      { type: "login-offered" },
      refused(not_supported),
      swap("3.0.0"),
      crashed,
    ];
    for (const event of said) expect(bootTransition(left, event)).toEqual({ state: left, effects: [] });
  });
});

describe("a version below the minimum", () => {
  const required = { kind: "required", version: "4.13.0", storeUrl: "https://apps.apple.com/app/1" } as const;

  test("is not started: the page says what to do, and a new start asks again", () => {
    const memory = memoryOf({ stood: ["4.9.0"] });
    const { state, effects } = run(memory, {
      type: "assigned",
      version: "4.9.0",
      activation: "token",
      healthy: [],
      update: required,
    });
    expect(state.name).toBe("updating");
    expect(effects.at(-1)).toEqual({ type: "tell-update", from: "4.9.0", update: required });
    expect(ofType(effects, "load")).toEqual([]);
    expect(bootTransition(state, { type: "retried" }).effects).toEqual([{ type: "restart" }]);
  });
});
