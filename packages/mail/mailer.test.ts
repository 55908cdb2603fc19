import { afterAll, expect, it } from "vitest";
import { createLogger, systemClock, systemRandom } from "@mainstay/platform";
import { startSimulator } from "../../apps/simulator/simulator.ts";
import { createMailer } from "./mailer.ts";

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

it("a mail server that says later, or isn't there, is asked again", async () => {
  simulator.faults.set({ mail: "refuse" });
  expect(await mailer.send(email)).toMatchObject({ state: "again", problem: expect.stringContaining("451") });
  simulator.faults.set({ mail: "accept" });
  const nobody = createMailer({ host: "127.0.0.1", port: 1 });
  expect(await nobody.send(email)).toMatchObject({ state: "again" });
  nobody.close();
});
