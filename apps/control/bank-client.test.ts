import type { AddressInfo } from "node:net";
import { generateKeyPairSync } from "node:crypto";
import { login_protocols } from "@mainstay/wire";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestBank, test_origin, type TestBank } from "../bank/test-bank.ts";
import { createBankClient } from "./bank-client.ts";

const edgeSecret = "an edge's secret of thirty-two characters";
const { publicKey } = generateKeyPairSync("ed25519");

let bank: TestBank;
let bankUrl: string;

beforeAll(async () => {
  bank = await createTestBank({
    identity: {
      relyingParty: { id: "localhost", name: "Mainstay", origins: [test_origin] },
      isDemo: false,
      staffAssertionPublicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
      edgeSecret,
    },
  });
  await bank.server.listen({ host: "127.0.0.1", port: 0 });
  bankUrl = `http://127.0.0.1:${(bank.server.server.address() as AddressInfo).port}`;
});
afterAll(() => bank.close());

test("what a rollback tells the bank is understood there, as often as it is told", async () => {
  const client = createBankClient({ bankUrl, edgeSecret });
  expect(await client.liftFailures("1.4.0")).toEqual({ lifted: 0 });
  expect(await client.liftFailures("1.4.0")).toEqual({ lifted: 0 });
  await client.refuseVersions([{ version: "1.3.0", reason: "It leaks the feed." }]);
  await client.close();
});

test("login protocols are retired by the bank's own leave", async () => {
  const client = createBankClient({ bankUrl, edgeSecret });
  const accepted = await client.acceptedProtocols();
  expect(accepted.toSorted()).toEqual([...login_protocols].toSorted());
  const needed = [{ protocol: "login/1", versions: ["1.0.0"] }];
  expect(await client.putProtocols(["login/2"], needed)).toBeNull();
  expect(await client.acceptedProtocols()).toEqual(accepted);
  expect(await client.putProtocols(["login/2"], [])).toEqual(["login/2"]);
  await client.close();
});

test("a bank that can't be reached, or takes us for another, is told from one that refuses", async () => {
  const stranger = createBankClient({ bankUrl, edgeSecret: "another secret of thirty-two characters" });
  await expect(stranger.liftFailures("1.4.0")).rejects.toThrow("404");
  await stranger.close();
  const away = createBankClient({ bankUrl: "http://127.0.0.1:1", edgeSecret });
  await expect(away.liftFailures("1.4.0")).rejects.toThrow();
  await away.close();
});

test("deliveries are taken once, and what the bank won't take is told from a bank that is away", async () => {
  const client = createBankClient({ bankUrl, edgeSecret });
  const delivery = {
    id: `dlv_${"1".repeat(22)}`,
    message: `msg_${"1".repeat(22)}`,
    incident: `inc_${"1".repeat(22)}`,
    customer: "person_of_nobody",
    subject: "You couldn’t log in",
    text: "Hello {first_name}, sorry.",
    channels: ["inbox", "email"] as ("inbox" | "email")[],
    isUrgent: true,
  };
  expect(await client.deliverMessages([delivery])).toEqual([{ id: delivery.id, outcome: "unknown" }]);
  expect(await client.deliverMessages([{ ...delivery, text: "Hello {last_name}" }])).toBeNull();
  expect(await client.deliverMessages([{ ...delivery, subject: "x".repeat(141) }])).toBeNull();
  expect(await client.deliveryChanges(0)).toEqual([]);
  // As large as it may be: a hundred deliveries of the longest text.
  const text = "x".repeat(4_000);
  const many = Array.from({ length: 100 }, (_one, index) => ({
    ...delivery,
    id: `dlv_${String(index).padStart(22, "0")}`,
    text,
  }));
  expect(await client.deliverMessages(many)).toHaveLength(100);
  await client.close();
});

test("banners are put whole, and delayed payments are counted in as many questions as it takes", async () => {
  const client = createBankClient({ bankUrl, edgeSecret });
  const customers = Array.from({ length: 50_000 }, (_one, index) => `person_${index}`);
  const banner = { incident: `inc_${"1".repeat(22)}`, title: "You couldn’t log in", text: "Sorry." };
  await client.putBanners([{ ...banner, updatedAt: "2026-11-23T09:00:00.000Z", customers }]);
  await client.putBanners([]);
  const [from, until] = [new Date("2026-11-23T08:00:00Z"), new Date("2026-11-23T09:00:00Z")];
  const spans = Array.from({ length: 5_001 }, (_one, index) => ({
    customer: `person_${index}`,
    from,
    until,
  }));
  expect(await client.paymentsDelayed(spans)).toBe(0);
  const refs = spans.map(({ customer }) => customer);
  expect(await client.namesInText(refs, "Ruth Okonkwo was out.")).toBe(0);
  await client.close();
});
