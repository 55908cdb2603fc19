import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger } from "@mainstay/platform";
import { fakeClock } from "@mainstay/testkit";
import { status_components, StatusSchema, type Status, type StatusAsk } from "@mainstay/wire";
import { Value } from "typebox/value";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Exchange } from "../route.ts";
import { createStatusKeeper, heard_ms_max, type StatusKeeper } from "./keeper.ts";
import { statusRoutes } from "./routes.ts";

const log = createLogger({ name: "test", level: "silent" });
const clock = fakeClock("2026-11-23T12:00:00Z");
const origin = "http://localhost:8080";

const works: Status = {
  overall: "works",
  sentence: "Everything works",
  measuredAt: "2026-11-23T11:59:50.000Z",
  components: status_components.map((id, index) => ({
    ...{ id, name: id, since: null, days: [], uptime: 1 },
    state: index < 3 ? ("works" as const) : ("not-offered" as const),
  })),
  incidents: [],
};

/** Control and the bank, as they answer. */
const world = { isControlAway: false, isBankReady: true, asked: [] as (StatusAsk | string)[] };
const gone = () => Promise.reject(new Error("connect ECONNREFUSED"));
const control = {
  fetchStatus: async (revision: string | null) =>
    world.isControlAway ? gone() : { revision: "one", status: revision === "one" ? null : works },
  subscribe: async (asked: StatusAsk) => {
    if (world.isControlAway) return gone();
    world.asked.push(asked);
    return asked.email.includes("@") ? ("taken" as const) : ("malformed" as const);
  },
  followLink: async (what: "confirm" | "end", token: string) => {
    if (world.isControlAway) return gone();
    world.asked.push(`${what} ${token}`);
    return token === "good" ? ("done" as const) : ("unknown" as const);
  },
};

let folder: string;
let keeper: StatusKeeper;
let server: Server;
let url: string;

const makeKeeper = () =>
  createStatusKeeper({ folder, control, isBankReady: async () => world.isBankReady, clock, log });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mainstay-status-"));
  server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    const exchange: Exchange = { request, response, path };
    const routes = statusRoutes({ origin, bootFiles: new Map(), keeper, control, clock, log });
    const found = routes.find((route) => route.matches(path));
    if (found) void found.answer(exchange);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  Object.assign(world, { isControlAway: false, isBankReady: true, asked: [] });
  keeper = makeKeeper();
  await keeper.look();
});

const get = (path: string) => fetch(url + path);
const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(url + path, { method: "POST", body: new URLSearchParams(form), headers });
const told = async (): Promise<Status> => (await (await get("/status.json")).json()) as Status;

describe("the edge's own copy", () => {
  test("is what control said, in every form, and is asked for anew each time", async () => {
    expect(await told()).toEqual(works);
    const page = await get("/status");
    expect(page.headers.get("content-security-policy")).toContain("script-src 'none'");
    expect(page.headers.get("content-security-policy")).toContain(`form-action ${origin}/status/`);
    expect(await page.text()).toContain("Everything works");
    const feed = await get("/status.atom");
    expect(feed.headers.get("content-type")).toBe("application/atom+xml; charset=utf-8");
    const again = await fetch(`${url}/status.atom`, {
      headers: { "if-none-match": feed.headers.get("etag") ?? "" },
    });
    expect(again.status).toBe(304);
    expect((await get("/status/style.css")).status).toBe(200);
    expect((await get("/status/history")).status).toBe(200);
  });

  test("with control away it says since when, and isn't green any more", async () => {
    world.isControlAway = true;
    clock.advance(heard_ms_max + 1);
    await keeper.look();
    const status = await told();
    expect(Value.Check(StatusSchema, status)).toBe(true);
    expect([status.overall, status.components[0]?.state]).toEqual(["unknown", "unknown"]);
    expect(await (await get("/status")).text()).toContain("We haven’t been able to measure since 12:00.");
    world.isControlAway = false;
    await keeper.look();
    expect((await told()).overall).toBe("works");
  });

  test("with the bank not ready it is down, whatever control says; one miss isn't enough", async () => {
    world.isBankReady = false;
    await keeper.look();
    expect((await told()).overall).toBe("works");
    await keeper.look();
    expect(await told()).toMatchObject({ overall: "down", sentence: "Mainstay doesn’t work at the moment" });
    world.isBankReady = true;
    await keeper.look();
    expect((await told()).overall).toBe("works");
  });

  test("with both away since the start it shows what lies on disk, and that it is old", async () => {
    await keeper.start();
    await keeper.stop();
    world.isControlAway = true;
    world.isBankReady = false;
    clock.advance(3_600_000);
    const later = makeKeeper();
    await later.start();
    await later.stop();
    await later.look();
    keeper = later;
    const page = await (await get("/status")).text();
    expect(page).toMatch(/We haven’t been able to measure since \d\d:\d\d. The bank doesn’t answer./);
    expect((await told()).overall).toBe("down");
  });

  test("a garbled copy on disk is none: nothing is claimed", async () => {
    world.isControlAway = true;
    await writeFile(join(folder, "status.json"), `{"status":{"overall":"works"`);
    keeper = makeKeeper();
    await keeper.start();
    await keeper.stop();
    expect((await told()).overall).toBe("unknown");
    expect(await (await get("/status")).text()).toContain("Nothing has been measured yet.");
    world.isControlAway = false;
    await keeper.look();
    expect(JSON.parse(await readFile(join(folder, "status.json"), "utf8"))).toMatchObject({ status: works });
  });
});

describe("subscriptions", () => {
  test("a form is handed to control, with where it came from", async () => {
    const answer = await post("/status/subscriptions", { email: " ada@example.com " });
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(await answer.text()).toContain("Look into your mailbox");
    expect(world.asked).toEqual([{ email: "ada@example.com", place: "127.0.0.1" }]);
    expect((await post("/status/subscriptions", { email: "nobody" })).status).toBe(400);
  });

  test("what isn't a form, is too large, or comes from another site is refused", async () => {
    const refused = await Promise.all([
      post("/status/subscriptions", { email: "a@example.com" }, { "sec-fetch-site": "cross-site" }),
      fetch(`${url}/status/subscriptions`, { method: "POST", body: "{}" }),
      post("/status/subscriptions", { email: "a".repeat(5_000) }),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([400, 400, 413]);
    expect(world.asked).toEqual([]);
  });

  test("a link that is only looked at changes nothing; its button does", async () => {
    expect(await (await get("/status/confirm?token=good")).text()).toContain(`value="good"`);
    await get("/status/unsubscribe?token=good");
    expect(world.asked).toEqual([]);
    expect((await post("/status/confirm", { token: "good" })).status).toBe(200);
    expect((await post("/status/confirm", { token: "bad" })).status).toBe(410);
    expect(world.asked).toEqual(["confirm good", "confirm bad"]);
  });

  test("a mail program's one click ends it (RFC 8058)", async () => {
    const answer = await post("/status/unsubscribe?token=good", { "List-Unsubscribe": "One-Click" });
    expect([answer.status, world.asked]).toEqual([200, ["end good"]]);
  });

  test("with control away nothing is promised", async () => {
    world.isControlAway = true;
    const answer = await post("/status/subscriptions", { email: "ada@example.com" });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "60"]);
    expect(await answer.text()).toContain("We can’t do that just now");
  });
});
