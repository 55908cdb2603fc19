import { generateKeyPairSync, randomBytes } from "node:crypto";
import {
  createIdentity,
  identityMigrations,
  no_customer_facts,
  type CheckAnswer,
  type CompleteAnswers,
  type DeliverSignalsPort,
  type IdentityDeps,
} from "@mainstay/identity";
import {
  createDatabase,
  createHttpServer,
  createLogger,
  createStaffAssertionSigner,
} from "@mainstay/platform";
import {
  createTestDatabase,
  createVisitor,
  fakeClock,
  injectTransport,
  registerCustomer,
  type Answer,
  type TestAnswers,
  type Transport,
} from "@mainstay/testkit";
import type { StaffRole } from "@mainstay/wire";
import { afterAll } from "vitest";

const origin = "http://localhost:8080";
const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)) };

/** What release control shows the bank of a scene. */
export const scene_edge_secret = "an edge's secret that only tests use";

/** What the identity check of a scene says next; a test may make it wait or fail. */
export type CheckScript = (checkId: string, answers: CompleteAnswers) => Promise<CheckAnswer>;

/**
 * A bank with identity alone, in the process of the test: its own database, a clock that stands still, an
 * identity check that passes everybody unless told otherwise. Everything is closed when the test file ends.
 */
export async function createIdentityScene() {
  const database = await createTestDatabase({ modules: [identityMigrations] });
  const db = createDatabase({ url: database.url, connections_max: 6, applicationName: "identity-test" });
  const clock = fakeClock();
  const staffKeys = generateKeyPairSync("ed25519");
  const accountsOpened: { personId: string; holderName: string }[] = [];
  const passes: CheckScript = async () => ({ result: "pass", reasons: [] });
  const takesAll: DeliverSignalsPort = async () => ({ refused: [] });
  const ports = { check: passes, isAccountsDown: false, deliverSignals: takesAll };
  const log = createLogger({ name: "identity-test", level: "silent" });

  /** Another process of the same bank: its own memory, the same database. */
  async function startProcess() {
    const deps: IdentityDeps = {
      database: db,
      clock,
      random,
      log,
      config: {
        relyingParty: { id: "localhost", name: "Mainstay", origins: [origin] },
        isDemo: true,
        staffAssertionPublicKey: staffKeys.publicKey.export({ type: "spki", format: "pem" }).toString(),
        edgeSecret: scene_edge_secret,
      },
      ports: {
        identityCheck: { check: (checkId, answers) => ports.check(checkId, answers) },
        openFirstAccount: async (personId, holderName) => {
          if (ports.isAccountsDown) throw new Error("accounts are away");
          accountsOpened.push({ personId, holderName });
        },
        deliverSignals: (signals, abort) => ports.deliverSignals(signals, abort),
        customerFacts: no_customer_facts,
      },
    };
    const identity = createIdentity(deps);
    const server = await createHttpServer({ name: "identity-test", log, ready: {} });
    identity.addRoutes(server);
    return { deps, identity, server, transport: injectTransport(server) };
  }

  const first = await startProcess();
  const processes = [first];
  afterAll(async () => {
    for (const { identity, server } of processes) {
      await server.close();
      await identity.stop();
    }
    await db.close();
    await database.drop();
  });

  const sign = createStaffAssertionSigner({
    privateKey: staffKeys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    clock,
    random,
  });

  return {
    origin,
    clock,
    db,
    database,
    ports,
    passes,
    accountsOpened,
    ...first,
    anotherProcess: async () => {
      const made = await startProcess();
      processes.push(made);
      return made;
    },
    visitor: (options: { counts?: boolean; transport?: Transport } = {}) =>
      createVisitor({ origin, transport: first.transport, ...options }),
    customer: (answers: TestAnswers = {}, options: { counts?: boolean } = {}) =>
      registerCustomer({ origin, transport: first.transport, answers, ...options }),
    /** Calls a route of the console as a member of staff; without roles, as nobody. */
    asStaff: async (
      method: "GET" | "POST",
      path: string,
      roles: StaffRole[] | null,
      body?: unknown,
    ): Promise<Answer> => {
      const staff = { sub: "staff_0351zSMq07Iva4X1j6koV4", name: "Iris Holm", roles: roles ?? [] };
      const answer = await first.transport({
        method,
        path,
        headers: {
          ...(roles === null ? {} : { "x-staff-assertion": sign(staff) }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      return { status: answer.status, headers: answer.headers, body: JSON.parse(answer.text) as unknown };
    },
    /** The events of the outbox of one kind, as they were published. */
    events: async (kind: string): Promise<{ subject: string; payload: Record<string, unknown> }[]> => {
      const { rows } = await db.pool.query<{ subject: string; payload: Record<string, unknown> }>(
        "SELECT subject, payload FROM platform.outbox WHERE kind = $1 ORDER BY xid, id",
        [kind],
      );
      return rows;
    },
  };
}

/** What a problem document says, without what differs from request to request. */
export function problemOf(answer: Answer): { status: number; code: string; title: string } {
  const { status, code, title } = answer.body as { status: number; code: string; title: string };
  return { status, code, title };
}
