import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { planOf } from "../../../tests/support/test-plan.ts";
import { createControlClient, PlanUnreachedError, type ControlClient } from "./control-client.ts";

const secret = "the secret that processes of ours share";
const never = new AbortController().signal;

let server: Server;
let client: ControlClient;
let answer: RequestListener;
let asked: string[];

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${String(request.headers["x-edge-secret"])}`);
    answer(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  client = createControlClient({ controlUrl: `http://127.0.0.1:${port}`, edgeSecret: secret });
});
afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

test("asks for the plan with the secret, and for what is newer", async () => {
  answer = (_request, response) => response.end(JSON.stringify(planOf({ stable: "1.0.0" })));
  expect(await client.fetchPlan(null, never)).toEqual(planOf({ stable: "1.0.0" }));
  answer = (_request, response) => response.writeHead(204).end();
  expect(await client.fetchPlan(7, never)).toBeNull();
  expect(asked).toEqual([`GET /internal/plan ${secret}`, `GET /internal/plan?after=7 ${secret}`]);
});

test("takes nothing for a plan that isn't one", async () => {
  for (const garbled of ["{}", "null", JSON.stringify({ ...planOf({}), epoch: -1 })]) {
    answer = (_request, response) => response.end(garbled);
    await expect(client.fetchPlan(1, never)).rejects.toThrow("not one");
  }
});

test("tells control in trouble from control that refuses", async () => {
  answer = (_request, response) => response.writeHead(503).end();
  await expect(client.fetchPlan(1, never)).rejects.toThrow(PlanUnreachedError);
  answer = (request) => request.socket.destroy();
  await expect(client.fetchPlan(1, never)).rejects.toThrow(PlanUnreachedError);
  answer = (_request, response) => response.writeHead(403).end();
  await expect(client.fetchPlan(1, never)).rejects.toThrow("403");
});

test("holds signals for delivered only when control says so", async () => {
  answer = (_request, response) => response.end(JSON.stringify({ taken: 0, refused: [] }));
  expect(await client.sendSignals([])).toEqual({ taken: 0, refused: [] });
  answer = (_request, response) => response.writeHead(500).end();
  await expect(client.sendSignals([])).rejects.toThrow("500");
  answer = (_request, response) => response.end("{}");
  await expect(client.sendSignals([])).rejects.toThrow("not one");
});
