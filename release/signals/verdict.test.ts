import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { createHttpServer, createLogger, createMetrics, type HttpServer } from "@mainstay/platform";
import { edge_secret_header, type Platform, type Signal } from "@mainstay/wire";
import { addSignalRoutes, verdictToken } from "./index.ts";
import { createScene, fakeRollouts, rollout, signalOf, type Scene } from "./test-signals.ts";
import type { WatchedRollout } from "./types.ts";
import { actionOf } from "./verdict.ts";

const edgeSecret = "an edge's secret of thirty-two characters";
const token = verdictToken(edgeSecret);

/** Three rollouts, one a platform: one that goes well, one that breaks, one that is flooded. */
const rollouts: Record<Platform, WatchedRollout> = {
  web: { ...rollout, id: "rol_000000000000000000000a", platforms: ["web"] },
  ios: { ...rollout, id: "rol_000000000000000000000b", platforms: ["ios"] },
  android: { ...rollout, id: "rol_000000000000000000000c", platforms: ["android"] },
};
const expected = { web: "go-on", ios: "roll-back", android: "wait" } as const;

let scene: Scene;
let server: HttpServer;

function story(platform: Platform): Signal[] {
  const given = { platform, rollout: rollouts[platform].id };
  const [device, customer] =
    platform === "android" ? (["new", null] as const) : (["returning", "c"] as const);
  const kind = platform === "web" ? "login-succeeded" : "login-failed";
  const from = ["web", "ios", "android"].indexOf(platform) * 100_000;
  return Array.from({ length: 24 }, (_, n) => [
    signalOf(kind, from + n, {
      activation: { ...given, device, customer: customer && `${customer}${n}` },
    }),
    ...Array.from({ length: 40 }, (_one, k) =>
      signalOf("login-succeeded", from + 1_000 + n * 100 + k, {
        activation: { ...given, arm: "stable", device, customer: customer && `${customer}${n}-${k}` },
      }),
    ),
  ]).flat();
}

beforeAll(async () => {
  const { port } = fakeRollouts({
    find: (id) => Promise.resolve(Object.values(rollouts).find((one) => one.id === id) ?? null),
    latestOn: (platform) => Promise.resolve(rollouts[platform]),
  });
  scene = await createScene({ rollouts: port });
  const metrics = createMetrics("control");
  const signals = scene.another({ registry: metrics.registry });
  for (const platform of ["web", "ios", "android"] as const) {
    const told = story(platform);
    for (let from = 0; from < told.length; from += 500) await signals.intake(told.slice(from, from + 500));
  }
  await scene.settle();
  const log = createLogger({ name: "test", level: "silent" });
  server = await createHttpServer({ name: "control", log, ready: {}, metrics });
  addSignalRoutes(server, { ...signals, rollouts: port, edgeSecret });
});
afterAll(async () => {
  await server.close();
  await scene.close();
});

type Ask = {
  readonly method?: "GET" | "POST";
  readonly headers?: Record<string, string>;
  readonly body?: object;
};

async function ask(url: string, { method = "GET", headers = {}, body }: Ask = {}) {
  const { pathname, search } = new URL(url, "http://control");
  const answer = await server.inject({
    method,
    url: pathname + search,
    headers,
    ...(body && { payload: body }),
  });
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
}

const bearer = { authorization: `Bearer ${token}` };

describe("the verdict endpoint", () => {
  test.each(["web", "ios", "android"] as const)("says what to do on %s", async (platform) => {
    const byPlatform = await ask(`/verdict?platform=${platform}`, { headers: bearer });
    expect(byPlatform).toMatchObject({ status: 200, body: { action: expected[platform], version: "1.4.0" } });
    const byId = await ask(`/verdict/${rollouts[platform].id}`, {
      headers: { [edge_secret_header]: edgeSecret },
    });
    expect(byId.body).toEqual(byPlatform.body);
  });

  test("is closed to who hasn't the token, and reads nothing but verdicts with it", async () => {
    for (const authorization of ["", "Bearer wrong", token]) {
      const headers = { authorization };
      expect(await ask("/verdict?platform=ios", { headers })).toMatchObject({
        status: 401,
        body: { code: "verdict_token_wrong" },
      });
    }
    const intake = { method: "POST", body: { signals: [signalOf("booted", 1)] } } as const;
    expect((await ask("/internal/signals", { ...intake, headers: bearer })).status).toBe(404);
    expect(
      (await ask("/internal/signals", { ...intake, headers: { [edge_secret_header]: token } })).status,
    ).toBe(404);
  });

  test("says what is wrong with a question", async () => {
    const unknown = await ask("/verdict/rol_00000000000000000000zz", { headers: bearer });
    expect(unknown).toMatchObject({ status: 404, body: { code: "rollout_unknown" } });
    expect((await ask("/verdict/rol_1", { headers: bearer })).status).toBe(400);
    expect((await ask("/verdict?platform=symbian", { headers: bearer })).status).toBe(400);
    expect((await ask("/verdict", { headers: bearer })).status).toBe(400);
  });

  test("goes by the stronger of the guard's word and the rollout's state", () => {
    expect(actionOf("running", "no-worse")).toBe("go-on");
    expect(actionOf("paused", "continue")).toBe("wait");
    expect(actionOf("running", "hold")).toBe("wait");
    expect(actionOf("held", "roll-back")).toBe("roll-back");
    expect(actionOf("rolled-back", "continue")).toBe("roll-back");
  });
});

describe("signals over HTTP", () => {
  const headers = { [edge_secret_header]: edgeSecret };
  test("are taken with the edge's secret, the wrong ones named", async () => {
    const signals = [signalOf("booted", 7_000), { id: "half-a-signal" }];
    const answer = await ask("/internal/signals", { method: "POST", headers, body: { signals } });
    expect(answer).toEqual({
      status: 200,
      body: { taken: 1, refused: [{ id: "half-a-signal", reason: "malformed" }] },
    });
  });

  test("come five hundred at once, and not more", async () => {
    const body = (n: number) => ({
      signals: Array.from({ length: n }, (_, k) => signalOf("booted", 8_000 + k)),
    });
    const most = await ask("/internal/signals", { method: "POST", headers, body: body(500) });
    expect(most).toMatchObject({ status: 200, body: { taken: 500 } });
    expect((await ask("/internal/signals", { method: "POST", headers, body: body(501) })).status).toBe(400);
  });
});

describe("metrics", () => {
  test("tell evidence, threshold, verdict and log-ins of each platform's latest rollout", async () => {
    const { body } = await server.inject("/metrics");
    const labels = `rollout="${rollouts.ios.id}",version="1.4.0"`;
    const valueOf = (name: string, more = ""): number => {
      const line = body
        .split("\n")
        .find((one) => one.startsWith(`mainstay_release_${name}{${labels}${more}`));
      return Number(line?.split(" ").at(-1));
    };
    expect(valueOf("log_evidence")).toBeGreaterThan(valueOf("threshold"));
    expect(valueOf("verdict", ',kind="roll-back"')).toBe(1);
    expect(valueOf("verdict", ',kind="continue"')).toBe(0);
    expect(valueOf("go_on")).toBe(0);
    expect(valueOf("logins", ',arm="candidate",outcome="failed"')).toBe(24);
    expect(body).toMatch(/mainstay_release_signals_taken_total\{[^}]*\} \d{4}/);
  });
});

/** The YAML in the reference, by kind. */
function documented(kind: string): unknown {
  const page = readFileSync(join(import.meta.dirname, "../../docs/reference/verdict-endpoint.md"), "utf8");
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
  const documents = blocks.flatMap((block) => parseAllDocuments(block).map((one) => one.toJS() as unknown));
  return documents.find((one) => (one as { kind: string }).kind === kind);
}

describe("the documented AnalysisTemplate", () => {
  type Template = {
    spec: {
      args: { name: string }[];
      metrics: {
        successCondition: string;
        failureCondition: string;
        provider: { web: { url: string; headers: { key: string; value: string }[]; jsonPath: string } };
      }[];
    };
  };
  const template = documented("AnalysisTemplate") as Template;
  const metric = template.spec.metrics[0];
  if (metric === undefined) throw new Error("no metric");

  const fill = (text: string, args: Record<string, string>): string =>
    text.replaceAll(/\{\{\s*args\.([\w-]+)\s*\}\}/g, (_all, name: string) => {
      expect(template.spec.args.map((arg) => arg.name)).toContain(name);
      return args[name] ?? "";
    });

  /** Kubernetes' JSONPath, as far as a path of names goes. */
  const valueAt = (path: string, answer: unknown): unknown => {
    const names = /^\{\$((?:\.\w+)+)\}$/.exec(path)?.[1]?.slice(1).split(".");
    if (names === undefined) throw new Error(`not a path of names: ${path}`);
    return names.reduce((value, name) => (value as Record<string, unknown>)[name], answer);
  };

  /** Argo's conditions, as far as comparing the result with a text goes. */
  const holds = (condition: string, result: unknown): boolean => {
    const match = /^result (==|!=) "([^"]*)"$/.exec(condition);
    if (match === null) throw new Error(`not a comparison: ${condition}`);
    return (match[1] === "==") === (result === match[2]);
  };

  test.each([
    ["web", "Successful"],
    ["ios", "Failed"],
    ["android", "Inconclusive"],
  ] as const)("on %s is %s", async (platform, phase) => {
    const { web } = metric.provider;
    const args = { platform, token };
    const headers = Object.fromEntries(web.headers.map(({ key, value }) => [key, fill(value, args)]));
    const answer = await ask(fill(web.url, args), { headers });
    expect(answer.status).toBe(200);
    const result = valueAt(web.jsonPath, answer.body);
    const isFailed = holds(metric.failureCondition, result);
    const isSuccessful = holds(metric.successCondition, result);
    expect(isFailed ? "Failed" : isSuccessful ? "Successful" : "Inconclusive").toBe(phase);
  });
});

describe("the documented Flagger webhooks", () => {
  type Canary = {
    spec: { analysis: { webhooks: { type: string; url: string; metadata: Record<string, string> }[] } };
  };
  const canary = documented("Canary") as Canary;

  async function call(type: string, metadata: Record<string, string>) {
    const hook = canary.spec.analysis.webhooks.find((one) => one.type === type);
    if (hook === undefined) throw new Error(`no webhook of type ${type}`);
    const body = {
      name: "bank-server",
      namespace: "test",
      phase: "Progressing",
      metadata: { ...hook.metadata, ...metadata },
    };
    return ask(hook.url, { method: "POST", body });
  }

  test.each([
    ["web", 200, 409],
    ["ios", 409, 200],
    ["android", 409, 409],
  ] as const)("on %s: going on is answered %i, rolling back %i", async (platform, goOn, rollBack) => {
    expect((await call("rollout", { platform, token })).status).toBe(goOn);
    expect((await call("rollback", { platform, token })).status).toBe(rollBack);
  });

  test("say why not, and answer nobody without the token", async () => {
    const refused = await call("rollout", { platform: "ios", token });
    expect(refused.body["detail"]).toMatch(/^1\.4\.0: roll-back \(guard: roll-back; rollout: running\)/);
    expect((await call("rollback", { platform: "ios" })).status).toBe(401);
  });
});
