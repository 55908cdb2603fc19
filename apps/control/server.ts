import Type from "typebox";
import type { Clock, Random } from "@mainstay/kernel";
import {
  createHttpServer,
  createMetrics,
  createStaffAssertionSigner,
  platform_problems,
  problem,
  requireSecret,
  type Database,
  type HttpServer,
  type Logger,
  type ProblemTable,
  type StaticFile,
} from "@mainstay/platform";
import type { AcceptedKeys } from "@mainstay/catalog";
import {
  addStaffRoutes,
  createConfirmations,
  createConsoleGate,
  createStaffService,
  type StaffService,
} from "@mainstay/staff";
import { edge_secret_header } from "@mainstay/wire";
import { createBankClient } from "./bank-client.ts";
import { addBankRoutes } from "./bank-routes.ts";
import { addConsolePages } from "./console-pages.ts";
import { addIncidentControl } from "./incident-control.ts";
import { addMessageControl } from "./message-control.ts";
import { addReleaseControl } from "./release-control.ts";
import { addStatusControl, type Outside } from "./status-control.ts";

const problems = {
  ...platform_problems,
  host_unknown: { status: 421, title: "This address isn't one of ours.", retryable: false },
} as const satisfies ProblemTable<string>;

export type ControlDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** What the console is called by, `http://console.localhost:8081`. */
  readonly origin: string;
  readonly bankUrl: string;
  readonly consoleFiles: ReadonlyMap<string, StaticFile>;
  readonly edgeSecret: string;
  /** Ed25519, PKCS #8, PEM. */
  readonly staffAssertionKey: string;
  /** Reads the public keys by which versions are signed. */
  readonly releaseKeys: () => AcceptedKeys;
  readonly isProduction: boolean;
  /** What live probes and the status page need of the world outside; there are none without it. */
  readonly outside?: Outside;
  /** Whether time and signals do their work here by themselves; a test may do it turn by turn. */
  readonly hasBackgroundWork: boolean;
};

const internal_paths = ["/health/", "/metrics", "/internal/", "/verdict"];

/** The start prints the first member of staff's link; to whoever has not the secret there is nothing here. */
function addFirstLinkRoute(server: HttpServer, service: StaffService, edgeSecret: string): void {
  server.get(
    "/internal/first-staff-link",
    {
      onRequest: requireSecret(edge_secret_header, edgeSecret),
      schema: { response: { 200: Type.Object({ url: Type.String() }) } },
    },
    async () => {
      const url = await service.makeFirstLink();
      if (url === null) throw problem(problems, "not_found");
      return { url };
    },
  );
}

/** Makes control's server: the console's pages, staff, and the way to the bank. */
export async function createControl(deps: ControlDeps): Promise<HttpServer> {
  const { database, clock, random, log, origin } = deps;
  const { host, hostname } = new URL(origin);
  const metrics = createMetrics("control");
  const server = await createHttpServer({
    name: "control",
    log,
    metrics,
    ready: { database: async () => void (await database.pool.query("SELECT 1")) },
  });
  const relyingParty = { id: hostname, name: "Mainstay console", origins: [origin] };
  const service = createStaffService({ database, clock, random, origin, relyingParty });
  const gate = createConsoleGate({ service, origin });
  server.addHook("onRequest", (request, _reply, done) => {
    const isInternal = internal_paths.some((path) => request.url.startsWith(path));
    if (!isInternal && request.headers.host !== host) throw problem(problems, "host_unknown");
    if (request.url.startsWith("/api/")) gate.checkOrigin(request);
    done();
  });
  addStaffRoutes(server, service, gate);
  const closeBank = addBankRoutes(server, {
    bankUrl: deps.bankUrl,
    gate,
    service,
    log,
    signAssertion: createStaffAssertionSigner({ privateKey: deps.staffAssertionKey, clock, random }),
  });
  server.addHook("onClose", closeBank);
  addFirstLinkRoute(server, service, deps.edgeSecret);
  const bank = createBankClient(deps);
  const confirmations = createConfirmations({ database, clock, random, relyingParty });
  const releaseControl = addReleaseControl(server, {
    ...deps,
    gate,
    bank,
    metrics,
    probeVersion: async (version) => (await statusControl?.probes.probeVersion(version)) ?? "failed",
    confirmations,
  });
  const { outside } = deps;
  const incidents = addIncidentControl(server, { ...deps, ...releaseControl, gate, bank, staff: service });
  const messages = addMessageControl(server, { ...deps, gate, confirmations, bank, incidents });
  const { rollouts } = releaseControl;
  const statusControl =
    outside && addStatusControl(server, { ...deps, gate, bank, rollouts, incidents, outside });
  if (deps.hasBackgroundWork) {
    releaseControl.start();
    incidents.start();
    messages.start();
    statusControl?.start();
  }
  // Before connections are waited for: open streams, and the edge that waits for a plan, end by it.
  server.addHook("preClose", async () => {
    await statusControl?.stop();
    await messages.stop();
    await incidents.stop();
    await releaseControl.stop();
  });
  server.addHook("onClose", bank.close);
  addConsolePages(server, { origin, files: deps.consoleFiles });
  return server;
}
