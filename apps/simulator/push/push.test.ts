import { afterAll, afterEach, expect, it } from "vitest";
import webPush from "web-push";
import { createLogger, systemClock, systemRandom } from "@mainstay/platform";
import { startSimulator } from "../simulator.ts";

const simulator = await startSimulator({
  httpPort: 0,
  mailPort: 0,
  bankUrl: "http://127.0.0.1:1",
  schemeSecret: "no message is sent in this test at all",
  clock: systemClock,
  random: systemRandom,
  log: createLogger({ name: "test", level: "silent" }),
});
afterAll(() => simulator.stop());
afterEach(() => void simulator.faults.set({ push: "accept" }));

const bank = webPush.generateVAPIDKeys();

async function subscribe(applicationServerKey?: string): Promise<webPush.PushSubscription> {
  const answer = await fetch(`${simulator.url}/api/push/subscriptions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ applicationServerKey }),
  });
  return (await answer.json()) as webPush.PushSubscription;
}

/** Pushes as an application server does, by a library that has nothing to do with the service. */
async function push(
  subscription: webPush.PushSubscription,
  keys = bank,
  changed: Readonly<Record<string, string>> = {},
): Promise<{ status: number; text: string; headers: Headers }> {
  const details = webPush.generateRequestDetails(subscription, "You’re back in — sorry.", {
    vapidDetails: { subject: "mailto:push@mainstay.example", ...keys },
    urgency: "high",
    TTL: 600,
  });
  const answer = await fetch(details.endpoint, {
    method: "POST",
    headers: { ...(details.headers as Record<string, string>), ...changed },
    body: new Uint8Array(details.body ?? []),
  });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

async function pushed(): Promise<{ text: string | null; headers: Record<string, string> }[]> {
  const answer = await fetch(`${simulator.url}/api/push/messages`);
  return ((await answer.json()) as { pushes: { text: string | null; headers: Record<string, string> }[] })
    .pushes;
}

it("a push that the bank signed is taken, and read by the browser that subscribed", async () => {
  const answer = await push(await subscribe(bank.publicKey));
  expect(answer.status).toBe(201);
  expect(answer.headers.get("location")).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/push\/messages\/push_/);
  const [newest] = await pushed();
  expect(newest).toMatchObject({ text: "You’re back in — sorry.", headers: { urgency: "high", ttl: "600" } });
  const page = await (await fetch(`${simulator.url}/push`)).text();
  expect(page).toContain("You’re back in — sorry.");
  expect(page).not.toMatch(/<script|style="/);
});

it("what isn't signed, or by another key, or for another service, is refused with its reason", async () => {
  const subscription = await subscribe(bank.publicKey);
  const before = (await pushed()).length;
  expect(await push(subscription, bank, { Authorization: "" })).toMatchObject({ status: 403 });
  const stranger = await push(subscription, webPush.generateVAPIDKeys());
  expect(stranger).toMatchObject({ status: 403, text: "Another key subscribed here." });
  const elsewhere = await push({
    ...subscription,
    endpoint: subscription.endpoint.replace("127.0.0.1", "localhost"),
  });
  // The token is for the very origin that was asked, so this one is right.
  expect(elsewhere.status).toBe(201);
  const token = webPush.getVapidHeaders(
    "https://push.elsewhere.example",
    "mailto:push@mainstay.example",
    bank.publicKey,
    bank.privateKey,
    "aes128gcm",
  );
  const foreign = await push(subscription, bank, token);
  expect(foreign).toMatchObject({ status: 403, text: expect.stringContaining("not for http://127.0.0.1") });
  const [head = "", claims = "", signature = ""] = String(token.Authorization).split(".");
  const forged = `${head}.${claims.slice(0, -2)}AA.${signature}`;
  expect(await push(subscription, bank, { Authorization: forged })).toMatchObject({ status: 403 });
  expect(await push(subscription, bank, { TTL: "" })).toMatchObject({ status: 400 });
  expect((await pushed()).length).toBe(before + 1);
});

it("a subscription that nobody has, or that is gone, is told from one that is busy", async () => {
  const subscription = await subscribe();
  const unknown = { ...subscription, endpoint: `${simulator.url}/push/sub_0000000000000000000000` };
  expect((await push(unknown)).status).toBe(404);
  simulator.faults.set({ push: "gone" });
  expect((await push(subscription)).status).toBe(410);
  simulator.faults.set({ push: "busy" });
  const busy = await push(subscription);
  expect(busy.status).toBe(429);
  expect(busy.headers.get("retry-after")).toBe("2");
});
