import { createHash } from "node:crypto";
import { publishVersion } from "@mainstay/catalog";
import {
  activation_header,
  customer_header,
  installation_header,
  platform_header,
  type Assignment,
} from "@mainstay/wire";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestEdge } from "../../tests/support/test-edge.ts";
import { plannedRollout, planOf } from "../../tests/support/test-plan.ts";

const [stable, candidate, embedded] = ["1.4.0", "1.5.0", "1.3.0"];
const shell = { origin: "https://localhost", [platform_header]: "android" };

let edge: Awaited<ReturnType<typeof startTestEdge>>;

beforeAll(async () => {
  edge = await startTestEdge();
  for (const version of [embedded, stable, candidate]) {
    await edge.publisher.as(version, await edge.build(version));
  }
  await edge.refresh();
});

beforeEach(() => {
  edge.control.set(planOf({ stable, previous: embedded }));
  edge.control.control.signals.length = 0;
  edge.control.control.isAway = false;
});

afterAll(() => edge.stop());

/** What the plugin sends with everything (CapgoUpdater.java, createInfoObject, 8.51.23). */
const info = (change: Readonly<Record<string, unknown>> = {}) => ({
  platform: "android",
  device_id: "5dcd2a23-6c3f-4c5f-8f52-0e4d6a1f3a77",
  app_id: "app.mainstay.bank",
  custom_id: "",
  version_build: embedded,
  version_code: "1030000",
  version_os: "15",
  version_name: "builtin",
  plugin_version: "8.51.23",
  is_emulator: false,
  is_prod: true,
  install_source: "com.android.vending",
  defaultChannel: "",
  ...change,
});

async function post(path: string, body: unknown, method = "POST") {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(text)) };
  const { status, body: answered } = await edge.ask(path, { method, headers, body: text });
  return { status, body: JSON.parse(answered.toString()) as Record<string, unknown> };
}

/** The installation that the edge hands to a shell: its token, and what it was assigned. */
async function install(): Promise<{ token: string; assignment: Assignment }> {
  const answer = await edge.ask("/assignment", { headers: shell });
  return {
    token: String(answer.headers[installation_header]),
    assignment: JSON.parse(answer.body.toString()) as Assignment,
  };
}

/** An installation on which somebody has logged in: the device's key is known there. */
async function knownDevice(): Promise<string> {
  const { token, assignment } = await install();
  edge.state.answer = (_request, response) =>
    response
      .setHeader(customer_header, "cus_of_the_test")
      .setHeader("content-type", "application/json")
      .end("{}");
  const headers = {
    ...{ ...shell, [installation_header]: token, [activation_header]: assignment.activation },
    ...{ "content-type": "application/json", "content-length": "2" },
  };
  const answer = await edge.ask("/api/login", { method: "POST", headers, body: "{}" });
  return String(answer.headers[installation_header]);
}

describe("a check for updates", () => {
  test("names the stable version, its zip and the zip's checksum", async () => {
    const { status, body } = await post("/updates", info());
    expect(status).toBe(200);
    expect(body).toEqual({
      version: stable,
      url: `${edge.origin}/v/${stable}/bundle.zip`,
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const zip = await edge.ask(new URL(String(body["url"])).pathname);
    expect(zip.headers["content-type"]).toBe("application/zip");
    expect(createHash("sha256").update(zip.body).digest("hex")).toBe(body["checksum"]);
  });

  test("is up to date with HTTP 200, and never with an error", async () => {
    const { status, body } = await post("/updates", info({ version_name: stable }));
    expect([status, body]).toEqual([
      200,
      { kind: "up_to_date", version: stable, message: "This is the version to run." },
    ]);
  });

  test("leads back to the bundle that came with the app by nothing but its name", async () => {
    edge.control.set(planOf({ stable: embedded }, [stable]));
    expect(await post("/updates", info({ version_name: stable }))).toEqual({
      status: 200,
      body: { version: "builtin" },
    });
    // Who runs that bundle already is up to date.
    expect((await post("/updates", info())).body).toMatchObject({ kind: "up_to_date" });
  });

  test("gives the candidate to installations in its share, and to no device that can't be told", async () => {
    edge.control.set(planOf({ stable, previous: embedded, rollout: plannedRollout(candidate) }));
    const { token, assignment } = await install();
    expect(assignment.version).toBe(candidate);
    expect((await post("/updates", info({ custom_id: token }))).body).toMatchObject({ version: candidate });
    expect((await post("/updates", info())).body).toMatchObject({ version: stable });
    const forged = `${token.slice(0, -4)}AAAA`;
    expect((await post("/updates", info({ custom_id: forged }))).body).toMatchObject({ version: stable });
  });

  test("is blocked where the version needs a newer app from the store", async () => {
    const newest = "1.6.0";
    await publishVersion({
      source: await edge.build(newest),
      catalog: edge.catalog,
      publication: { version: newest, platforms: ["android"], summary: "", minimumShell: stable },
      privateKey: edge.publisher.privateKey,
      keys: edge.publisher.keys,
      pages: [{ path: "index.html", content: Buffer.from("boot") }],
    });
    edge.clock.advance(2_000);
    await edge.refresh();
    edge.control.set(planOf({ stable: newest }));
    const blocked = { kind: "blocked", error: "native_update_required", version: newest };
    expect((await post("/updates", info())).body).toMatchObject(blocked);
    const newer = await post("/updates", info({ version_build: stable }));
    expect(newer.body).toMatchObject({ version: newest, url: expect.any(String) });
  });

  test("is a failure that changes nothing where there is no version or no sense", async () => {
    edge.control.set(planOf({ stable: "9.9.9" }, [embedded, stable, candidate, "1.6.0"]));
    const none = await post("/updates", info());
    expect([none.status, none.body["kind"], none.body["error"]]).toEqual([503, "failed", "no_version"]);
    for (const body of ["{", "[]", JSON.stringify(info({ platform: "electron" }))]) {
      const refused = await post("/updates", body);
      expect([refused.status, refused.body["kind"]]).toEqual([400, "failed"]);
    }
    expect((await edge.ask("/updates")).status).toBe(405);
  });
});

describe("the plugin's statistics", () => {
  const event = (action: string, change: Readonly<Record<string, unknown>> = {}) => ({
    ...info({ version_name: candidate, old_version_name: stable }),
    action,
    timestamp: 1_700_000_000_000,
    ...change,
  });
  const signals = () => edge.control.control.signals;

  test("are failures of a bundle where the device is known: each counts once", async () => {
    edge.control.set(planOf({ stable, rollout: plannedRollout(candidate) }));
    const custom_id = await knownDevice();
    const actions = ["set", "update_fail", "app_crash", "app_launch_timeout", "download_complete"];
    const batch = actions.map((action) => event(action, { custom_id }));
    expect(await post("/stats", batch)).toEqual({ status: 200, body: { status: "ok" } });
    expect(signals().map(({ kind, reason }) => [kind, reason])).toEqual([
      ["boot-failed", "update_fail"],
      ["boot-failed", "app_crash"],
      ["boot-failed", "app_launch_timeout"],
    ]);
    expect(signals()[0]?.activation).toMatchObject({
      version: candidate,
      platform: "android",
      os: "android-15",
      arm: "candidate",
      rollout: "rol_0000000000000000000001",
    });
    // An event by itself, as older versions of the plugin send it, again: the same signal.
    await post("/stats", event("update_fail", { custom_id }));
    expect(new Set(signals().map(({ id }) => id)).size).toBe(3);
    expect(signals()).toHaveLength(4);
  });

  test("say nothing where nobody has logged in, and where the device is made up", async () => {
    const { token } = await install();
    const batch = [event("update_fail", { custom_id: token }), event("app_crash", { custom_id: "made.up" })];
    expect((await post("/stats", batch)).status).toBe(200);
    expect((await post("/stats", event("set_fail"))).status).toBe(200);
    expect(signals()).toEqual([]);
  });

  test("stay with the plugin while control is away", async () => {
    const custom_id = await knownDevice();
    edge.control.control.isAway = true;
    const kept = await post("/stats", [event("update_fail", { custom_id })]);
    expect([kept.status, kept.body["error"]]).toEqual([503, "stats_kept"]);
    edge.control.control.isAway = false;
    expect((await post("/stats", [event("update_fail", { custom_id })])).status).toBe(200);
    expect(signals()).toHaveLength(1);
  });

  test("are refused when they are none, or too many", async () => {
    expect((await post("/stats", [event("UPDATE FAIL")])).status).toBe(400);
    const many = Array.from({ length: 201 }, () => event("set"));
    expect((await post("/stats", many)).status).toBe(400);
    expect((await post("/stats", "x".repeat(400_000))).status).toBe(413);
  });
});

test("there is one channel, and nobody chooses another", async () => {
  const list = await edge.ask("/channel_self?platform=android");
  expect(JSON.parse(list.body.toString())).toEqual([
    { id: 1, name: "assigned", public: true, allow_self_set: false },
  ]);
  expect((await post("/channel_self", info(), "PUT")).body).toEqual({
    channel: "assigned",
    status: "default",
    allowSet: false,
  });
  const refused = await post("/channel_self", { ...info(), channel: "beta" });
  expect([refused.status, refused.body["error"]]).toEqual([400, "channel_self_set_not_allowed"]);
});

describe("the origins of native shells", () => {
  test.each(["https://localhost", "capacitor://localhost"])("%s may ask and read", async (origin) => {
    const preflight = await edge.ask("/api/login", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-origin"]).toBe(origin);
    expect(preflight.headers["access-control-allow-headers"]).toContain("dpop");
    const answer = await edge.ask("/assignment", { headers: { origin } });
    expect(answer.headers["access-control-allow-origin"]).toBe(origin);
    expect(answer.headers["access-control-expose-headers"]).toContain(installation_header);
    // No cookie goes there or comes from there.
    expect(answer.headers["access-control-allow-credentials"]).toBeUndefined();
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  test.each(["http://localhost", "https://localhost:8443", "https://evil.example", "null"])(
    "%s may not",
    async (origin) => {
      const headers = { origin, "access-control-request-method": "POST" };
      const preflight = await edge.ask("/assignment", { method: "OPTIONS", headers });
      const answer = await edge.ask("/assignment", { headers: { origin } });
      expect(preflight.status).toBe(405);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    },
  );
});

test("says which apps belong to this origin", async () => {
  const links = await edge.ask("/.well-known/assetlinks.json");
  expect(JSON.parse(links.body.toString())).toEqual([]);
  const apple = await edge.ask("/.well-known/apple-app-site-association");
  expect(apple.headers["content-type"]).toContain("application/json");
  expect(JSON.parse(apple.body.toString())).toEqual({ webcredentials: { apps: [] } });
});
