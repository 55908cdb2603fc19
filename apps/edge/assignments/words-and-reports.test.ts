import { request as httpRequest } from "node:http";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { startRolloutEdge } from "../../../tests/support/rollout-edge.ts";
import { codeOf, startTestEdge } from "../../../tests/support/test-edge.ts";
import { planOf } from "../../../tests/support/test-plan.ts";

const { edge, assign, logIn, told, rollOut, reset, previous, stable, candidate } = await startRolloutEdge();
beforeEach(reset);
afterAll(() => edge.stop());

describe("every answer of the bank's", () => {
  test("says which version to be on; and the bank is told which one asked, and by whose word", async () => {
    rollOut();
    const given = await assign();
    const headers = { cookie: given.cookie, "x-mainstay-activation": given.activation };
    const answer = await edge.ask("/api/session", { headers });
    expect(answer.headers["x-mainstay-assigned"]).toBe(candidate);
    expect(answer.headers["x-mainstay-swap"]).toBeUndefined();
    expect(told()).toEqual(given.shown);
    expect(edge.asked.at(-1)?.headers).toMatchObject({ "x-mainstay-version": candidate });
    // Neither the edge's cookies nor its headers are the bank's business.
    expect(edge.asked.at(-1)?.headers.cookie).toBeUndefined();
    expect(edge.asked.at(-1)?.headers["x-mainstay-activation"]).toBeUndefined();
  });

  test("is attributed to nobody's version by a forged or a borrowed activation", async () => {
    rollOut();
    const [mine, other] = [await assign(), await assign()];
    for (const forged of [other.activation, `${mine.activation}x`, "a.b", "x".repeat(5_000), mine.cookie]) {
      await edge.ask("/api/session", { headers: { cookie: mine.cookie, "x-mainstay-activation": forged } });
      expect(told()).toMatchObject({ installation: mine.shown.installation, version: candidate });
      expect(told()?.nonce).toMatch(/^none-/);
    }
    await edge.ask("/api/session", { headers: { "x-mainstay-activation": "a.b" } });
    expect(told()).toBeNull();
  });

  test("says to change at once when the version was taken back, and only then", async () => {
    rollOut();
    const given = await assign();
    const headers = { cookie: given.cookie, "x-mainstay-activation": given.activation };
    edge.control.set(planOf({ stable }, [candidate]));
    const answer = await edge.ask("/api/session", { headers });
    expect(answer.headers).toMatchObject({ "x-mainstay-assigned": stable, "x-mainstay-swap": stable });
    // Nothing else to run: a page that works is better than none.
    edge.control.set(planOf({ stable: null }, [candidate, stable, previous]));
    expect((await edge.ask("/api/session", { headers })).headers["x-mainstay-swap"]).toBeUndefined();
    // A newer version is for the next start.
    edge.control.set(planOf({ stable }));
    const old = await assign();
    edge.control.set(planOf({ stable: candidate }));
    const calm = await edge.ask("/api/session", {
      headers: { cookie: old.cookie, "x-mainstay-activation": old.activation },
    });
    expect(calm.headers["x-mainstay-swap"]).toBeUndefined();
  });

  test("with the bank away says so too", async () => {
    const lonely = await startTestEdge({ bankUrl: "http://127.0.0.1:1" });
    const { version } = await lonely.publish("one");
    lonely.clock.advance(1_000);
    await lonely.ask("/assignment");
    expect((await lonely.ask("/api/session")).headers["x-mainstay-assigned"]).toBe(version);
    await lonely.stop();
  });
});

describe("a log-in that succeeds", () => {
  test("makes its very version healthy here, newest first; another's activation does not", async () => {
    const first = await assign();
    const cookie = await logIn(first);
    rollOut();
    const second = await assign(cookie);
    expect(second.healthy).toEqual([stable]);
    const after = await logIn(second);
    expect((await assign(after)).healthy).toEqual([candidate, stable]);
    const stranger = await assign();
    const borrowed = await logIn({ ...stranger, activation: second.activation });
    expect((await assign(borrowed)).healthy).toEqual([]);
  });

  test("is one only where the bank says who, on a path that logs in", async () => {
    const given = await assign();
    const headers = { cookie: given.cookie, "x-mainstay-activation": given.activation };
    edge.state.answer = (_request, response) => response.end("{}");
    const unnamed = await edge.ask("/api/login", { method: "POST", body: "{}", headers });
    expect(unnamed.headers["set-cookie"]).toBeUndefined();
    edge.state.answer = (_request, response) => response.setHeader("x-mainstay-customer", "c").end("{}");
    for (const path of ["/api/payments", "/api/login/challenges"]) {
      const answer = await edge.ask(path, { method: "POST", body: "{}", headers });
      expect(answer.headers["set-cookie"]).toBeUndefined();
      expect(answer.headers["x-mainstay-customer"]).toBeUndefined();
    }
  });

  test("frees a version that had failed here", async () => {
    const failed = await assign("", `?failed=${stable}`);
    edge.control.set(planOf({ stable }));
    const again = await assign(failed.cookie);
    const cookie = await logIn(again);
    edge.control.set(planOf({ stable, previous }));
    expect((await assign(cookie)).version).toBe(stable);
  });

  test("on a version that was taken back leaves nothing to go back to", async () => {
    rollOut();
    const cookie = await logIn(await assign());
    edge.control.set(planOf({ stable }, [candidate]));
    expect((await assign(cookie)).healthy).toEqual([]);
  });
});

describe("the stream of assignments", () => {
  /** Listens until the test ends; answers what was heard so far. */
  function listen(query: string, cookie = "") {
    const heard: unknown[] = [];
    const request = httpRequest(
      { ...edge.requestOptions(`/assignment/events${query}`, { cookie }) },
      (response) =>
        response.on("data", (chunk: Buffer) => {
          for (const line of chunk.toString().split("\n")) {
            if (line.startsWith("data: ")) heard.push(JSON.parse(line.slice(6)));
          }
        }),
    );
    request.on("error", () => {});
    request.end();
    return { heard, stop: () => request.destroy() };
  }

  test("says at once when the version that runs is taken back, and nothing to the others", async () => {
    rollOut();
    const { cookie } = await assign();
    const mine = listen(`?running=${candidate}`, cookie);
    const other = listen(`?running=${stable}`);
    await expect.poll(() => [mine.heard.length, other.heard.length]).toEqual([1, 1]);
    expect(mine.heard).toEqual([{ type: "assigned", version: candidate, swap: false }]);
    edge.control.set(planOf({ stable }, [candidate]));
    await expect.poll(() => mine.heard.at(-1)).toEqual({ type: "assigned", version: stable, swap: true });
    expect(other.heard).not.toContainEqual(expect.objectContaining({ swap: true }));
    mine.stop();
    other.stop();
  });

  test("is held by few tabs of one installation", async () => {
    const { cookie } = await assign();
    const tabs = Array.from({ length: 6 }, () => listen("", cookie));
    await expect.poll(() => tabs.every(({ heard }) => heard.length === 1)).toBe(true);
    const refused = await edge.ask("/assignment/events", { headers: { cookie } });
    expect([refused.status, codeOf(refused)]).toEqual([503, "busy"]);
    for (const { stop } of tabs) stop();
    const metrics = async () => (await edge.ask("/metrics")).body.toString();
    await expect.poll(metrics).not.toContain(`edge_assignment_streams{version="${stable}"`);
    expect(await metrics()).toContain(`edge_installations{platform="web",version="${stable}"`);
  });

  test("doesn't speak about a version that isn't one", async () => {
    expect((await edge.ask("/assignment/events?running=x")).status).toBe(400);
  });
});

describe("the boot layer's reports", () => {
  const send = (body: unknown) =>
    edge.ask("/boot/reports", {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const report = (activation: string, change = {}) => ({
    ...{ kind: "booted", activation, reason: null, agoMs: 1_500 },
    ...change,
  });

  test("become signals, once each, by the edge's own word for who and what", async () => {
    const given = await assign();
    edge.clock.advance(5_000);
    const answer = await send({
      reports: [report(given.activation), report(given.activation, { kind: "activated" })],
    });
    expect(answer.status).toBe(204);
    const [booted] = edge.control.control.signals;
    expect(booted).toMatchObject({
      kind: "booted",
      at: new Date(edge.clock.now().getTime() - 1_500).toISOString(),
      activation: given.shown,
      attempt: null,
    });
    await send({ reports: [report(given.activation)] });
    const ids = edge.control.control.signals.map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(2);
  });

  test("never happened before the version was given", async () => {
    const { activation, shown } = await assign();
    await send({ reports: [report(activation, { agoMs: 86_400_000 })] });
    expect(edge.control.control.signals[0]?.at).toBe(shown.issuedAt);
  });

  test("are kept by the device while control is away", async () => {
    const { activation } = await assign();
    edge.control.control.isAway = true;
    const answer = await send({ reports: [report(activation)] });
    expect([answer.status, codeOf(answer)]).toEqual([503, "reports_kept"]);
  });

  test("that are forged count for nothing, and aren't asked for again", async () => {
    const { activation } = await assign();
    const answer = await send({ reports: [report("a.b"), report(`${activation}x`), report(activation)] });
    expect(answer.status).toBe(204);
    expect(edge.control.control.signals).toHaveLength(1);
  });

  test.each([
    ["no JSON", "{"],
    ["nothing", { reports: [] }],
    ["an unknown kind", { reports: [report("a.b", { kind: "login-succeeded" })] }],
    ["a time to come", { reports: [report("a.b", { agoMs: -1 })] }],
    ["too many", { reports: Array.from({ length: 21 }, () => report("a.b")) }],
    ["more than was asked", { reports: [report("a.b", { version: "9.9.9" })] }],
  ])("with %s are refused whole", async (_what, body) => {
    const answer = await send(body);
    expect([answer.status, codeOf(answer)]).toEqual([400, "bad_request"]);
    expect(edge.control.control.signals).toEqual([]);
  });

  test("that are too large or too many are refused", async () => {
    expect((await send("x".repeat(70_000))).status).toBe(413);
    const { activation } = await assign();
    const all = await Promise.all(Array.from({ length: 61 }, () => send({ reports: [report(activation)] })));
    expect(all.map(({ status }) => status).filter((status) => status === 429)).toHaveLength(1);
  });
});
