import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Value } from "typebox/value";
import { systemClock } from "@mainstay/platform";
import { granted, logIn } from "@mainstay/testkit/client";
import { edge_secret_header, login_protocols, SignalsSchema, type Signal } from "@mainstay/wire";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { activationHeaders, testActivation } from "../../tests/support/activation.ts";
import { createSignalDelivery } from "./outside.ts";
import { createTestBank, test_edge_secret, type TestBank } from "./test-bank.ts";

/** What is durable at control, through all its deaths: each signal as often as it was new. */
const durable: Signal[] = [];
const known = new Set<string>();
const strangers: string[] = [];
let control: Server;
let port = 0;
/** What the next request meets: control dies before it keeps anything, or after it has, without an answer. */
let deaths: ("before" | "after")[] = [];

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

async function startControl(): Promise<void> {
  control = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.headers[edge_secret_header] !== test_edge_secret) strangers.push(request.url ?? "");
      const death = deaths.shift();
      if (death === "before") return request.socket.destroy();
      const { signals } = Value.Parse(SignalsSchema, body);
      const fresh = signals.filter(({ id }) => !known.has(id));
      for (const signal of fresh) known.add(signal.id);
      durable.push(...fresh);
      if (death === "after") return request.socket.destroy();
      response.setHeader("content-type", "application/json");
      return response.end(JSON.stringify({ taken: fresh.length, refused: [] }));
    });
  });
  await new Promise<void>((resolve) => {
    control.listen(port, "127.0.0.1", resolve);
  });
  port = (control.address() as AddressInfo).port;
}

async function killControl(): Promise<void> {
  control.closeAllConnections();
  await new Promise((resolve) => {
    control.close(resolve);
  });
}

let bank: TestBank;
beforeAll(async () => {
  await startControl();
  bank = await createTestBank({
    clock: systemClock,
    deliverSignals: (...told) => createSignalDelivery(`http://127.0.0.1:${port}`, test_edge_secret)(...told),
  });
  bank.identity.start();
});
afterAll(async () => {
  await killControl();
  await bank.close();
});

const waitingNow = async () => (await bank.identity.signalCounts()).waiting;
const drained = () => vi.waitFor(async () => expect(await waitingNow()).toBe(0), { timeout: 15_000 });

describe("what the bank tells control of log-ins", () => {
  test("arrives once each, and a log-in's begin before its end, through control's deaths", async () => {
    const phones = await Promise.all(
      Array.from({ length: 6 }, async (_, index) => ({
        ...(await bank.customer(`Phone${"abcdef".charAt(index)}`)),
        headers: activationHeaders(testActivation()),
      })),
    );
    const rounds = 6;
    for (let round = 0; round < rounds; round += 1) {
      deaths = ["before", "after", "after", "before"].slice(round % 4) as typeof deaths;
      if (round === 2) await killControl();
      if (round === 4) await startControl();
      await Promise.all(
        phones.map(async ({ device, passkey, headers }, index) => {
          const protocol = login_protocols[(round + index) % 2] ?? "login/1";
          const answer = await logIn(device, passkey, { protocol, headers });
          granted(answer);
        }),
      );
    }
    await drained();
    expect(strangers).toEqual([]);
    expect(durable).toHaveLength(2 * rounds * phones.length);
    const attempts = Map.groupBy(durable, ({ attempt }) => attempt);
    expect(attempts.size).toBe(rounds * phones.length);
    for (const told of attempts.values()) {
      expect(told.map(({ kind }) => kind)).toEqual(["login-begun", "login-succeeded"]);
    }
    expect(new Set(durable.map(({ protocol }) => protocol))).toEqual(new Set(login_protocols));
  });

  test("is waited for by no log-in, and nothing is lost while control is away", async () => {
    const ada = await bank.customer("Ada");
    await killControl();
    const before = durable.length;
    const headers = activationHeaders(testActivation());
    granted(await logIn(ada.device, ada.passkey, { headers }));
    expect(await waitingNow()).toBe(2);
    await startControl();
    await drained();
    expect(durable.slice(before).map(({ kind }) => kind)).toEqual(["login-begun", "login-succeeded"]);
  });

  test("is counted at /metrics", async () => {
    await bank.start();
    const { body } = await bank.server.inject({ url: "/metrics" });
    expect(body).toMatch(/identity_login_signals\{state="delivered",process="bank"\} \d+/);
    expect(body).toMatch(/identity_login_signals\{state="waiting",process="bank"\} 0/);
  });
});
