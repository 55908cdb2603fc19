import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger, systemClock, systemRandom } from "@mainstay/platform";
import { granted, randomId } from "@mainstay/testkit/client";
import type { Account } from "@mainstay/wire";
import { startSimulator, type Simulator } from "../simulator/simulator.ts";
import { createIdentityCheck, createPayIn } from "./outside.ts";
import { createTestBank, test_scheme_secret } from "./test-bank.ts";

let simulator: Simulator;
const bank = await createTestBank({
  clock: systemClock,
  identityCheck: {
    check: (...asked) => createIdentityCheck(simulator.url).check(...asked),
  },
  payIn: (order) => createPayIn(simulator.url)(order),
});

beforeAll(async () => {
  simulator = await startSimulator({
    httpPort: 0,
    mailPort: 0,
    bankUrl: await bank.server.listen({ port: 0, host: "127.0.0.1" }),
    schemeSecret: test_scheme_secret,
    clock: systemClock,
    random: systemRandom,
    log: createLogger({ name: "test", level: "silent" }),
  });
});
afterAll(async () => {
  await bank.close();
  await simulator.stop();
});

describe("the bank and the outside world", () => {
  it("open an account when the identity check passes, and not when it refers or fails", async () => {
    expect((await bank.customer("Ada", "Marlow")).account.balance.minor).toBe(0);
    await expect(bank.customer("Ada", "Refer")).rejects.toThrow("referred");
    await expect(bank.customer("Ada", "Fail")).rejects.toThrow("failed");
  });

  it("let a demo customer be paid by a real message, once", async () => {
    const tom = await bank.customer("Tom", "Hartley");
    const eve = await bank.customer("Eve", "Stone");
    const body = { accountId: tom.account.id, amount: { minor: 25_000, currency: "GBP" } };
    granted(await tom.device.call("POST", "/api/demo/pay-in", body));
    const { accounts } = granted<{ accounts: Account[] }>(await tom.device.call("GET", "/api/accounts"));
    expect(accounts[0]?.balance.minor).toBe(25_000);
    for (const accountId of [tom.account.id, randomId("acc")]) {
      const answer = await eve.device.call("POST", "/api/demo/pay-in", { ...body, accountId });
      expect(answer).toMatchObject({ status: 404, body: { code: "account_not_found" } });
    }
  });

  it("tell the customer when the other bank doesn't pay, and nothing has moved", async () => {
    const ray = await bank.customer("Ray", "Cole");
    const much = { accountId: ray.account.id, amount: { minor: 100_000_001, currency: "GBP" } };
    expect(await ray.device.call("POST", "/api/demo/pay-in", much)).toMatchObject({
      status: 502,
      body: { code: "pay_in_failed", retryable: true },
    });
    const { accounts } = granted<{ accounts: Account[] }>(await ray.device.call("GET", "/api/accounts"));
    expect(accounts[0]?.balance.minor).toBe(0);
  });

  it("book money once when the scheme sends everything twice", async () => {
    simulator.faults.set({ scheme: "twice" });
    const max = await bank.customer("Max", "Orr");
    const body = { accountId: max.account.id, amount: { minor: 700, currency: "GBP" } };
    granted(await max.device.call("POST", "/api/demo/pay-in", body));
    const { accounts } = granted<{ accounts: Account[] }>(await max.device.call("GET", "/api/accounts"));
    expect(accounts[0]?.balance.minor).toBe(700);
  });
});
