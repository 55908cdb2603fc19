import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Assignment } from "@mainstay/wire";
import { readActivation } from "../../../tests/support/edge-phones.ts";
import { startRolloutEdge } from "../../../tests/support/rollout-edge.ts";
import { codeOf, edge_secret, startTestEdge } from "../../../tests/support/test-edge.ts";
import { plannedRollout, planOf } from "../../../tests/support/test-plan.ts";
import { assignments_per_minute_max } from "./assignments.ts";
import { createCheckTickets } from "@mainstay/platform";
import { createInstallations } from "./installation.ts";

const { edge, assign, logIn, told, rollOut, reset, previous, stable, candidate } = await startRolloutEdge();
beforeEach(reset);
afterAll(() => edge.stop());

describe("an installation", () => {
  test("is named once, in a cookie that scripts can't read", async () => {
    const answer = await edge.ask("/assignment");
    expect(String(answer.headers["set-cookie"])).toMatch(
      /^mainstay_installation=[\w-]+\.[\w-]{43}; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Strict$/,
    );
    const first = await assign();
    const again = await assign(first.cookie);
    expect(again.shown.installation).toBe(first.shown.installation);
    expect(again.shown.nonce).not.toBe(first.shown.nonce);
  });

  test("that is malformed or forged is a new one, and keeps nobody out", async () => {
    const { cookie, shown } = await assign();
    const token = cookie.slice("mainstay_installation=".length);
    const other = createInstallations({
      ...{ secret: "another edge's secret, of no use here", origin: edge.origin, clock: edge.clock },
      random: { bytes: (length) => new Uint8Array(length) },
    });
    const [, foreign] = other.headerFor({ headers: {} } as never, {
      ...other.create(),
      i: shown.installation,
    });
    const forged = [
      `${token}x`,
      token.slice(2),
      "garbage",
      `${token.split(".")[0]}.`,
      foreign.split(/[=;]/)[1],
      "",
    ];
    for (const text of forged) {
      const given = await assign(`mainstay_installation=${text}`);
      expect(given.shown.installation).not.toBe(shown.installation);
    }
    const activation = await assign();
    // A token for one purpose is none for another.
    const swapped = await assign(`mainstay_installation=${activation.activation}`);
    expect(swapped.shown.installation).not.toBe(activation.shown.installation);
  });

  test("of a native shell travels in a header, to the shells' origins alone", async () => {
    const origin = "capacitor://localhost";
    const headers = { origin, "x-mainstay-platform": "ios", "x-mainstay-shell": "2.0.0" };
    const answer = await edge.ask("/assignment", { headers });
    expect(answer.headers["set-cookie"]).toBeUndefined();
    const token = String(answer.headers["x-mainstay-installation"]);
    const again = await edge.ask("/assignment", {
      headers: { ...headers, "x-mainstay-installation": token },
    });
    const [one, other] = [answer, again].map(({ body }) =>
      readActivation((JSON.parse(body.toString()) as Assignment).activation),
    );
    expect(other?.installation).toBe(one?.installation);
    expect(other?.platform).toBe("ios");
    const stranger = await edge.ask("/assignment", { headers: { origin: "https://evil.example" } });
    expect(stranger.headers["x-mainstay-installation"]).toBeUndefined();
  });

  test.each([
    ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15", "ios-18"],
    ["Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36", "android-15"],
    ["Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "windows-10"],
    ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "mac"],
    ["Mozilla/5.0 (X11; Linux x86_64)", "linux"],
    ["curl/8", "other"],
  ])("is counted by its system: %s", async (agent, os) => {
    expect((await assign("", "", { "user-agent": agent })).shown.os).toBe(os);
  });

  test("is counted by the browser's hint where its user agent says the same for ever", async () => {
    const headers = {
      "user-agent": "Mozilla/5.0 (Linux; Android 10; K)",
      "sec-ch-ua-platform": '"Android"',
      "sec-ch-ua-platform-version": '"15.0.0"',
    };
    expect((await assign("", "", headers)).shown.os).toBe("android-15");
  });
});

describe("which version", () => {
  test("is the newest whole one where control was never reached", async () => {
    const lonely = await startTestEdge();
    const { version } = await lonely.publish("one");
    lonely.clock.advance(1_000);
    expect(JSON.parse((await lonely.ask("/assignment")).body.toString())).toMatchObject({ version });
    await lonely.stop();
  });

  test("is the candidate for those in its share, and the arms are named", async () => {
    expect((await assign()).shown).toMatchObject({ version: stable, arm: "none", rollout: null });
    rollOut();
    expect((await assign()).shown).toMatchObject({ version: candidate, arm: "candidate", device: "new" });
    rollOut({ share: 0 });
    const { shown } = await assign();
    expect(shown).toMatchObject({ version: stable, arm: "stable", rollout: plannedRollout(candidate).id });
  });

  test("is given to more as the share grows, and taken from nobody", async () => {
    const cookies = await Promise.all(Array.from({ length: 60 }, async () => (await assign()).cookie));
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (a, b) => {
          const given = async (share: number) => {
            rollOut({ share });
            const all = await Promise.all(cookies.map((cookie) => assign(cookie)));
            return new Set(
              all.filter(({ version }) => version === candidate).map(({ shown }) => shown.installation),
            );
          };
          const [few, many] = [await given(Math.min(a, b)), await given(Math.max(a, b))];
          expect([...few].filter((name) => !many.has(name))).toEqual([]);
        },
      ),
      { numRuns: 8 },
    );
  });

  test("says whether somebody had logged in here before the rollout began", async () => {
    const first = await assign();
    const cookie = await logIn(first);
    rollOut({ startedAt: new Date(edge.clock.now().getTime() + 1).toISOString() });
    expect((await assign(cookie)).shown).toMatchObject({ device: "returning", customer: "customer-1" });
    rollOut({ startedAt: new Date(edge.clock.now().getTime() - 1).toISOString() });
    expect((await assign(cookie)).shown.device).toBe("new");
  });

  test("isn't the candidate any more once it failed there, whatever is asked later", async () => {
    rollOut();
    const first = await assign();
    expect(first.version).toBe(candidate);
    const after = await assign(first.cookie, `?failed=${candidate}`);
    expect(after.shown).toMatchObject({ version: stable, arm: "none", rollout: null });
    expect((await assign(after.cookie)).version).toBe(stable);
    // The same rollout with another candidate doesn't get it either: it left the rollout.
    edge.control.set(planOf({ stable: previous, rollout: plannedRollout(stable) }));
    expect((await assign(after.cookie)).version).toBe(previous);
  });

  test("is the one before where stable itself failed, and stable where there is nothing else", async () => {
    const failed = await assign("", `?failed=${stable}`);
    expect(failed.version).toBe(previous);
    expect((await assign(failed.cookie, `?failed=${previous}`)).version).toBe(stable);
  });

  test.each(["1.0", "garbage", "1.0.0-rc.1", "../../x", "%00"])(
    "named %s has failed nowhere",
    async (name) => {
      const answer = await edge.ask(`/assignment?failed=${encodeURIComponent(name)}`);
      expect([answer.status, codeOf(answer)]).toEqual([400, "bad_request"]);
      expect(answer.headers["set-cookie"]).toBeUndefined();
    },
  );

  test("isn't changed by asking what is known while a version runs", async () => {
    const first = await assign();
    rollOut();
    const asked = await assign(first.cookie, `?running=${stable}`);
    const headers = { cookie: asked.cookie };
    await edge.ask("/api/session", { headers });
    // A bundle that forgets its activation is still known by the version that was assigned.
    expect(told()).toMatchObject({ version: stable, arm: "none" });
  });
});

test("an installation that asks in circles is told to wait, and others aren't", async () => {
  const { cookie } = await assign();
  const answers = await Promise.all(
    Array.from({ length: assignments_per_minute_max + 1 }, () =>
      edge.ask("/assignment", { headers: { cookie } }),
    ),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.map((answer) => codeOf(answer))).toEqual(["too_many_requests"]);
  expect((await assign()).version).toBe(stable);
  edge.clock.advance(60_000);
  expect((await assign(cookie)).version).toBe(stable);
});

describe("control's word is a lease", () => {
  test("after 60 s without it, or while paused, only who is healthy on the candidate keeps it", async () => {
    rollOut();
    const fresh = await assign();
    const healthy = await logIn(await assign());
    expect((await assign(healthy)).healthy).toEqual([candidate]);
    edge.control.control.age_ms = 60_001;
    expect((await assign(fresh.cookie)).shown).toMatchObject({ version: stable, arm: "none" });
    expect((await assign(healthy)).shown).toMatchObject({ version: candidate, arm: "candidate" });
    expect((await assign()).version).toBe(stable);
    edge.control.control.age_ms = 60_000;
    expect((await assign(fresh.cookie)).version).toBe(candidate);
    rollOut({ state: "paused" });
    expect((await assign(fresh.cookie)).version).toBe(stable);
    expect((await assign(healthy)).version).toBe(candidate);
  });
});

describe("a check's ticket", () => {
  test("gives the version that it names, in no arm, for its time; a forged one gives nothing", async () => {
    rollOut({ share: 0 });
    const until = edge.clock.now().getTime() + 1_000;
    const ticket = createCheckTickets(edge_secret).sign({ version: candidate, until });
    const given = await assign(`mainstay_check=${ticket}`);
    expect(given.shown).toMatchObject({ version: candidate, arm: "none", rollout: null, customer: null });
    const foreign = createCheckTickets("another secret, of thirty-two or more").sign({
      version: candidate,
      until,
    });
    expect((await assign(`mainstay_check=${foreign}`)).version).toBe(stable);
    edge.clock.advance(1_000);
    expect((await assign(`mainstay_check=${ticket}`)).version).toBe(stable);
  });
});

describe("what is said about newer versions", () => {
  const ios = { "x-mainstay-platform": "ios", "x-mainstay-shell": "2.1.0" };

  test.each([
    [{ recommended: "2.1.0", minimum: "2.0.0" }, { kind: "none" }],
    [
      { recommended: "2.2.0", minimum: "2.0.0" },
      { kind: "recommended", version: "2.2.0" },
    ],
    [
      { recommended: "2.2.0", minimum: "2.1.1" },
      { kind: "required", version: "2.2.0" },
    ],
    [
      { recommended: null, minimum: "10.0.0" },
      { kind: "required", version: "10.0.0" },
    ],
  ])("in a shell, by the shell's own version: %j", async (platform, advice) => {
    edge.control.set(planOf({ stable, ...platform, storeUrl: "https://apps.apple.com/app/1" }));
    expect((await assign("", "", ios)).update).toMatchObject(advice);
  });

  test("in a browser, by the version that it gets", async () => {
    edge.control.set(planOf({ stable, recommended: candidate }));
    expect((await assign()).update).toMatchObject({ kind: "recommended", version: candidate });
    edge.control.set(planOf({ stable, minimum: candidate }));
    expect((await assign()).update).toMatchObject({ kind: "required", version: candidate });
  });
});
