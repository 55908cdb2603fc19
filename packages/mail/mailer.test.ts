import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createLogger, systemClock, systemRandom } from "@mainstay/platform";
import { startSimulator } from "../../apps/simulator/simulator.ts";
import { htmlOf, textOf } from "./layout.ts";
import { createMailer, messageIdOf } from "./mailer.ts";
import { createMailProvider } from "./provider.ts";

const simulator = await startSimulator({
  httpPort: 0,
  mailPort: 0,
  bankUrl: "http://127.0.0.1:1",
  schemeSecret: "no message is sent in this test at all",
  clock: systemClock,
  random: systemRandom,
  log: createLogger({ name: "test", level: "silent" }),
});
const mailer = createMailer({ host: "127.0.0.1", port: simulator.mailbox.port });
const provider = createMailProvider({ url: simulator.url });
afterAll(async () => {
  mailer.close();
  await simulator.stop();
});

const email = {
  id: "evt_1",
  recipient: "ada@example.com",
  subject: "Grüße",
  textBody: "Hello.\n",
  htmlBody: "<p>Hello.</p>",
};

it("an e-mail reaches the mail server whole, under an id of its event", async () => {
  expect(await mailer.send(email)).toEqual({ state: "sent" });
  expect(simulator.mailbox.messages()).toMatchObject([
    {
      to: ["ada@example.com"],
      subject: "Grüße",
      text: expect.stringContaining("Hello."),
      messageId: "<evt_1@mainstay.example>",
    },
  ]);
});

it("an address can't smuggle in another recipient or header", async () => {
  await mailer.send({ ...email, recipient: "eve@example.com\r\nBcc: mallory@example.com" });
  await mailer.send({ ...email, recipient: "eve@example.com, mallory@example.com" });
  const recipients = simulator.mailbox.messages().flatMap(({ to }) => to);
  expect(recipients).not.toContain("mallory@example.com");
});

describe("a mail server that", () => {
  afterEach(() => void simulator.faults.set({ mail: "accept" }));

  it("says later, or isn't there, is asked again", async () => {
    simulator.faults.set({ mail: "refuse" });
    const refused = await mailer.send(email);
    expect(refused).toMatchObject({ state: "again", problem: expect.stringContaining("451") });
    const nobody = createMailer({ host: "127.0.0.1", port: 1 });
    expect(await nobody.send(email)).toMatchObject({ state: "again" });
    nobody.close();
  });

  it("says no for good isn't asked again", async () => {
    simulator.faults.set({ mail: "refuse-for-good" });
    expect(await mailer.send({ ...email, id: "evt_refused" })).toMatchObject({ state: "never" });
    expect(await provider.find(messageIdOf("evt_refused"))).toBe("not-taken");
    simulator.faults.set({ mail: "accept" });
    const nobody = { ...email, recipient: "refuse.me@example.com" };
    expect(await mailer.send(nobody)).toMatchObject({ state: "never" });
  });

  it("takes an e-mail and cuts the connection leaves a doubt, which the provider clears up", async () => {
    simulator.faults.set({ mail: "drop-after-data" });
    expect(await mailer.send({ ...email, id: "evt_dropped" })).toMatchObject({ state: "uncertain" });
    expect(await provider.find(messageIdOf("evt_dropped"))).toBe("taken");
    expect(await provider.find(messageIdOf("evt_never_sent"))).toBe("not-taken");
  });

  it("is slower than anybody waits leaves the same doubt", async () => {
    simulator.faults.set({ mail: "slow" });
    const hasty = createMailer({ host: "127.0.0.1", port: simulator.mailbox.port, step_ms: 300 });
    expect(await hasty.send({ ...email, id: "evt_slow" })).toMatchObject({ state: "uncertain" });
    expect(await provider.find(messageIdOf("evt_slow"))).toBe("taken");
    hasty.close();
  });

  it("finds out later that nobody is there says so in its events, once each", async () => {
    simulator.faults.set({ mail: "accept-then-bounce" });
    expect(await mailer.send({ ...email, id: "evt_bounced" })).toEqual({ state: "sent" });
    simulator.faults.set({ mail: "accept" });
    await mailer.send({ ...email, id: "evt_wrong", recipient: "bounce.me@example.com" });
    const events = await provider.events(0);
    expect(events.map(({ messageId }) => messageId)).toEqual([
      messageIdOf("evt_bounced"),
      messageIdOf("evt_wrong"),
    ]);
    expect(await provider.events(events.at(-1)?.number ?? 0)).toEqual([]);
  });
});

it("closing breaks off what is under way, and says how it stands", async () => {
  simulator.faults.set({ mail: "slow" });
  const closing = createMailer({ host: "127.0.0.1", port: simulator.mailbox.port });
  const sending = closing.send({ ...email, id: "evt_closing" });
  while ((await provider.find(messageIdOf("evt_closing"))) === "not-taken");
  closing.close();
  expect(await sending).toMatchObject({ state: "uncertain" });
  simulator.faults.set({ mail: "accept" });
});

it("a provider that can't be asked doesn't say that nothing was taken", async () => {
  const away = createMailProvider({ url: "http://127.0.0.1:1" });
  await expect(away.find(messageIdOf("evt_1"))).rejects.toThrow();
  await expect(away.events(0)).rejects.toThrow();
});

describe("a letter", () => {
  const letter = {
    subject: "<b>News</b>",
    paragraphs: ["Hello <script>alert(1)</script>,\nsecond line."],
    link: { label: "Confirm", url: 'https://status.example/?a="1"&b=2' },
    footnotes: ["You asked for this."],
  };

  it("shows what people typed as text, fetches nothing, and has the one link", () => {
    const html = htmlOf(letter);
    expect(html).not.toMatch(/<script|<b>|<img|src=|url\(/);
    expect(html).toContain("alert(1)&lt;/script&gt;,<br>");
    expect(html.match(/href="([^"]*)"/g)).toEqual(['href="https://status.example/?a=%221%22&amp;b=2"']);
    expect(textOf(letter)).toContain("Confirm:\nhttps://status.example/");
    expect(textOf(letter)).toContain("You asked for this.");
  });

  it("links to pages alone", () => {
    const script = { ...letter, link: { label: "Go", url: "javascript:alert(1)" } };
    expect(() => htmlOf(script)).toThrow("javascript:");
    expect(() => textOf(script)).toThrow("javascript:");
  });
});
