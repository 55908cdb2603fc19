import { generateKeyPairSync } from "node:crypto";
import { findFreePorts } from "@mainstay/testkit/ports";
import {
  fetchTransport,
  granted,
  logIn,
  registerCustomer,
  type TestCustomer,
} from "@mainstay/testkit/client";
import {
  activation_header,
  AssignmentSchema,
  customer_header,
  edge_secret_header,
  verified_activation_header,
  type Signal,
} from "@mainstay/wire";
import { Value } from "typebox/value";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestBank, test_edge_secret, type TestBank } from "../../apps/bank/test-bank.ts";
import { rescan_ms_min } from "../../apps/edge/catalog.ts";
import { activationHeaders, testActivation } from "../support/activation.ts";
import { startTestEdge } from "../support/test-edge.ts";
import { planOf } from "../support/test-plan.ts";

type TestEdge = Awaited<ReturnType<typeof startTestEdge>>;

let edge: TestEdge;
let bank: TestBank;
let version: string;

beforeAll(async () => {
  const port = await findFreePorts();
  edge = await startTestEdge({ bankUrl: `http://127.0.0.1:${port}` });
  const { publicKey } = generateKeyPairSync("ed25519");
  bank = await createTestBank({
    identity: {
      relyingParty: { id: "localhost", name: "Mainstay", origins: [edge.origin] },
      isDemo: false,
      staffAssertionPublicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
      edgeSecret: test_edge_secret,
    },
  });
  await bank.server.listen({ host: "127.0.0.1", port });
  ({ version } = await edge.publish("stable"));
  edge.clock.advance(rescan_ms_min);
  await edge.refresh();
  edge.control.set(planOf({ stable: version }));
});
afterAll(async () => {
  await edge.stop();
  await bank.close();
});

async function written(): Promise<Signal[]> {
  const { rows } = await bank.database.pool.query<{ signal: Signal }>(
    "SELECT signal FROM identity.login_signals ORDER BY position",
  );
  return rows.map(({ signal }) => signal);
}

/** What a log-in with these headers has written. */
async function signalsOf({ device, passkey }: TestCustomer, headers: Record<string, string>) {
  const before = (await written()).length;
  const answer = await logIn(device, passkey, { headers });
  granted(answer);
  return { answer, signals: (await written()).slice(before) };
}

const customer = () => registerCustomer({ origin: edge.origin, transport: fetchTransport(edge.origin) });

/** Opens the app, as a browser does: gets an installation and the activation that it is started with. */
async function open({ device }: TestCustomer) {
  const answer = await device.call("GET", "/assignment");
  return Value.Parse(AssignmentSchema, answer.body);
}

describe("a client, through the edge,", () => {
  test("logs in under the activation that it was handed, and sees no reference of the customer", async () => {
    const ada = await customer();
    const { activation } = await open(ada);
    const { answer, signals } = await signalsOf(ada, { [activation_header]: activation });
    expect(signals.map(({ kind }) => kind)).toEqual(["login-begun", "login-succeeded"]);
    expect(signals[0]?.activation).toMatchObject({
      version,
      installation: expect.stringMatching(/^ins_/) as string,
    });
    expect(answer.headers[customer_header]).toBeUndefined();
  });

  test("can't say by itself which version, installation or customer it is", async () => {
    const ada = await customer();
    const { activation } = await open(ada);
    const lie = testActivation({ version: "6.6.6" });
    const lies = [
      activationHeaders(lie),
      {
        [verified_activation_header.toUpperCase()]: activationHeaders(lie)[verified_activation_header] ?? "",
      },
      { [customer_header]: "cus_of_somebody_else" },
      { "x-mainstay-version": "6.6.6" },
    ];
    for (const headers of lies) {
      const { signals } = await signalsOf(ada, { ...headers, [activation_header]: activation });
      expect(signals).toHaveLength(2);
      for (const signal of signals) {
        expect(signal.activation.version).toBe(version);
        expect(signal.activation.installation).not.toBe(lie.installation);
        expect(signal.customer).not.toBe("cus_of_somebody_else");
      }
    }
  });

  test("can't speak for another installation with its activation", async () => {
    const [ada, eve] = [await customer(), await customer()];
    const [own, stolen] = [await open(eve), await open(ada)];
    const { signals: before } = await signalsOf(eve, { [activation_header]: own.activation });
    const { signals } = await signalsOf(eve, { [activation_header]: stolen.activation });
    const installations = new Set(signals.map((signal) => signal.activation.installation));
    expect(installations).toEqual(new Set([before[0]?.activation.installation]));
  });
});

describe("what release control asks of the bank", () => {
  test.each([
    "/internal/login-protocols",
    "/api/../internal/login-protocols",
    "/api/%2e%2e/internal/login-protocols",
    "/api/..%2finternal/login-protocols",
    "//internal/login-protocols",
    "/api//../internal/login-protocols",
    "/api/./../internal/login-protocols",
  ])("isn't reached through the edge by %s, with the right secret either", async (path) => {
    const all: Record<string, string>[] = [{}, { [edge_secret_header]: test_edge_secret }];
    for (const headers of all) {
      const answer = await edge.ask(path, { headers });
      expect(answer.body.toString()).not.toContain("accepted");
    }
    const put = await edge.ask(path, {
      method: "PUT",
      headers: { [edge_secret_header]: test_edge_secret, "content-type": "application/json" },
      body: JSON.stringify({ accepted: ["login/1"], needed: [] }),
    });
    expect(put.status).toBeGreaterThanOrEqual(400);
    expect(await bank.identity.acceptedProtocols()).toEqual(["login/1", "login/2"]);
  });
});

test("the accepted protocols are told to everybody, as they change", async () => {
  const told = async () => {
    const { body } = await edge.ask("/api/configuration");
    return (JSON.parse(body.toString()) as { loginProtocols: string[] }).loginProtocols;
  };
  expect(await told()).toEqual(["login/1", "login/2"]);
  const put = (accepted: string[]) =>
    bank.server.inject({
      method: "PUT",
      url: "/internal/login-protocols",
      headers: { [edge_secret_header]: test_edge_secret },
      payload: { accepted, needed: [] },
    });
  expect((await put(["login/2"])).statusCode).toBe(200);
  expect(await told()).toEqual(["login/2"]);
  await put(["login/1", "login/2"]);
});
