import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLogger, systemRandom } from "@mainstay/platform";
import { fakeClock } from "@mainstay/testkit";
import { startSimulator, type Simulator } from "./simulator.ts";

const secret = "a-secret-that-only-this-test-uses-00";
const received: { secret: string | undefined; body: string }[] = [];
let bankAnswer = "";
let bank: Server;
let simulator: Simulator;

beforeAll(async () => {
  bank = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ secret: String(request.headers["x-scheme-secret"]), body });
      response.writeHead(200, { "content-type": "application/xml" }).end(bankAnswer);
    });
  }).listen(0, "127.0.0.1");
  await once(bank, "listening");
  simulator = await startSimulator({
    httpPort: 0,
    mailPort: 0,
    bankUrl: `http://127.0.0.1:${(bank.address() as AddressInfo).port}`,
    schemeSecret: secret,
    clock: fakeClock("2026-11-22T12:00:00Z"),
    random: systemRandom,
    log: createLogger({ name: "test", level: "silent" }),
  });
});
afterAll(async () => {
  await simulator.stop();
  bank.close();
});

function report(status: string, reason = ""): string {
  return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.002.001.10"><FIToFIPmtStsRpt><TxInfAndSts>
    <TxSts>${status}</TxSts>${reason}</TxInfAndSts></FIToFIPmtStsRpt></Document>`;
}

async function post(path: string, body: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = await fetch(simulator.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

/** Says one message over SMTP, and gives the server's last reply to the data. */
async function sendMail(port: number, message: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const lines = ["EHLO test", "MAIL FROM:<bank@mainstay.example>", "RCPT TO:<ada@example.org>", "DATA"];
  let reply = "";
  for (const line of [...lines, `${message}\r\n.`]) {
    [reply] = (await once(socket, "data")).map(String) as [string];
    socket.write(`${line}\r\n`);
  }
  [reply] = (await once(socket, "data")).map(String) as [string];
  socket.destroy();
  return reply;
}

describe("paying in", () => {
  it("sends a credit transfer with the scheme's secret and says what came of it", async () => {
    bankAnswer = report("ACCP");
    const { status, json } = await post("/api/pay-in", {
      account: "GB35 MNST 0042 1712 3456 78",
      amount: "250.00",
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      outcome: "accepted",
      sentence: "£250.00 was paid in to GB35 MNST 0042 1712 3456 78.",
    });
    expect(received.at(-1)?.secret).toBe(secret);
    expect(received.at(-1)?.body).toContain('<IntrBkSttlmAmt Ccy="GBP">250.00</IntrBkSttlmAmt>');
    expect(received.at(-1)?.body).toContain("<IBAN>GB35MNST00421712345678</IBAN>");
  });

  it("finds the IBAN of a sort code and account number", async () => {
    await post("/api/pay-in", { account: "00-42-17 12345678", amount: "1" });
    expect(received.at(-1)?.body).toContain("<IBAN>GB35MNST00421712345678</IBAN>");
  });

  it("tells a refusal with its reason", async () => {
    bankAnswer = report(
      "RJCT",
      "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn><AddtlInf>No account.</AddtlInf></StsRsnInf>",
    );
    const { json } = await post("/api/pay-in", { account: "GB35MNST00421712345678", amount: "1" });
    expect(json).toMatchObject({ outcome: "rejected", reason: "AC01" });
    expect(json["sentence"]).toContain("No account.");
  });

  it("escapes what people type into the message", async () => {
    await post("/api/pay-in", { account: "GB35MNST00421712345678", amount: "1", from: `A & B <"Ltd">` });
    expect(received.at(-1)?.body).toContain("<Nm>A &amp; B &lt;&quot;Ltd&quot;&gt;</Nm>");
  });

  it("sends nothing for an amount that is none, or an account of no bank of the scheme", async () => {
    const before = received.length;
    for (const amount of ["0", "-5", "1.001", "abc", "1e3"]) {
      expect((await post("/api/pay-in", { account: "GB35MNST00421712345678", amount })).status).toBe(400);
    }
    const other = await post("/api/pay-in", { account: "GB07FRLT98140631175520", amount: "1" });
    expect(other.json).toMatchObject({ outcome: "rejected" });
    expect(received.length).toBe(before);
  });

  it("sends the same bytes twice when the fault is on", async () => {
    simulator.faults.set({ scheme: "twice" });
    const before = received.length;
    await post("/api/pay-in", { account: "GB35MNST00421712345678", amount: "1" });
    simulator.faults.set({ scheme: "normal" });
    const [first, second] = received.slice(before);
    expect(received.length).toBe(before + 2);
    expect(first?.body).toBe(second?.body);
  });

  it("refuses a form that another site sends", async () => {
    const answer = await fetch(`${simulator.url}/pay-in`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "cross-site" },
      body: "account=GB35MNST00421712345678&amount=5",
    });
    expect(answer.status).toBe(404);
  });
});

describe("the identity check", () => {
  const person = {
    registrationId: "reg_1",
    firstName: "Ada",
    dateOfBirth: "1990-01-01",
    address: { line1: "1 Quay", town: "Falmouth", postcode: "TR11 3LH", country: "GB" },
  };

  it.each([
    ["Marsh", "pass"],
    ["Refer", "refer"],
    ["FAIL", "fail"],
  ])("answers %s with %s", async (lastName, outcome) => {
    const { json } = await post("/api/identity-checks", { ...person, lastName });
    expect(json["outcome"]).toBe(outcome);
  });

  it("never answers while that fault is on, and ends the wait when the caller leaves", async () => {
    simulator.faults.set({ identityCheck: "none" });
    const asked = fetch(`${simulator.url}/api/identity-checks`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...person, lastName: "Marsh" }),
      signal: AbortSignal.timeout(100),
    });
    await expect(asked).rejects.toThrow();
    simulator.faults.set({ identityCheck: "by-name" });
  });
});

describe("mail", () => {
  const message = "Subject: Welcome <b>\r\nFrom: bank@mainstay.example\r\n\r\nHello & goodbye <script>";

  it("is kept, and shown as text alone", async () => {
    expect(await sendMail(simulator.mailbox.port, message)).toMatch(/^250/);
    const [kept] = simulator.mailbox.messages();
    expect(kept).toMatchObject({ to: ["ada@example.org"], subject: "Welcome <b>" });
    const page = await fetch(`${simulator.url}/mail/${kept?.id}`);
    const markup = await page.text();
    expect(markup).toContain("Hello &amp; goodbye &lt;script&gt;");
    expect(markup).not.toContain("<script");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  it("can be read page by page, and by whom it was sent to, however much there is", async () => {
    const { port } = simulator.mailbox;
    const batch = Array.from({ length: 26 }, () => message);
    for (const messages of [batch, batch, batch, batch]) {
      await Promise.all(messages.map((text) => sendMail(port, text)));
    }
    const first = await (await fetch(`${simulator.url}/mail?to=ADA@`)).text();
    expect(first.match(/<li>/g)).toHaveLength(100);
    const older = await (await fetch(`${simulator.url}/mail?to=ada&skip=100`)).text();
    expect(older).toMatch(/101 to 10\d of 10\d/);
    expect(await (await fetch(`${simulator.url}/mail?to=bob`)).text()).toContain("No mail to an address");
  });

  it("is refused for now when that fault is on", async () => {
    simulator.faults.set({ mail: "refuse" });
    expect(await sendMail(simulator.mailbox.port, message)).toMatch(/^451/);
    simulator.faults.set({ mail: "accept" });
  });
});

describe("pages", () => {
  it.each(["/", "/pay-in", "/mail", "/mail?to=nobody&skip=100", "/push", "/faults"])(
    "%s is HTML without any script",
    async (path) => {
      const answer = await fetch(simulator.url + path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toContain("text/html");
      expect(await answer.text()).not.toMatch(/<script|style="/);
    },
  );

  it("take the forms that they show, and refuse settings that don't exist", async () => {
    const form = (body: string) =>
      fetch(`${simulator.url}/faults`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body,
        redirect: "manual",
      });
    expect((await form("mail=refuse&scheme=twice")).status).toBe(303);
    expect(simulator.faults.settings()).toMatchObject({ mail: "refuse", scheme: "twice" });
    expect((await form("mail=maybe")).status).toBe(400);
    expect((await form("mail=accept&scheme=normal")).status).toBe(303);
  });
});
