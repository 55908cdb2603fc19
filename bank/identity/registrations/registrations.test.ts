import { createLogger, createDatabase, createHttpServer } from "@mainstay/platform";
import { createTestDatabase, fakeClock, injectTransport, registerCustomer } from "@mainstay/testkit";
import { randomBytes, generateKeyPairSync } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { createIdentity, identityMigrations } from "../index.ts";

const database = await createTestDatabase({ modules: [identityMigrations] });
const db = createDatabase({ url: database.url, connections_max: 4, applicationName: "test" });
const log = createLogger({ name: "test", level: "warn" });
const origin = "http://localhost:8080";
const identity = createIdentity({
  database: db,
  clock: fakeClock(),
  random: { bytes: (n) => randomBytes(n) },
  log,
  config: {
    relyingParty: { id: "localhost", name: "Mainstay", origins: [origin] },
    isDemo: true,
    staffAssertionPublicKey: generateKeyPairSync("ed25519")
      .publicKey.export({ type: "spki", format: "pem" })
      .toString(),
  },
  ports: {
    identityCheck: { check: async () => ({ result: "pass", reasons: [] }) },
    openFirstAccount: async () => undefined,
  },
});
const server = await createHttpServer({ name: "test", log, ready: {} });
identity.addRoutes(server);
afterAll(async () => {
  await server.close();
  await identity.stop();
  await db.close();
  await database.drop();
});

test("thin", async () => {
  const customer = await registerCustomer({ origin, transport: injectTransport(server) });
  const session = await customer.device.call("GET", "/api/session");
  expect(session.status).toBe(200);
  console.log(session.body, (await customer.device.call("GET", "/api/devices")).body);
});
