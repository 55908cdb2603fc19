import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, createMetrics, readStaticFolder, systemClock, systemRandom } from "@mainstay/platform";
import { launchBrowser, openPhone } from "@mainstay/testkit/browser";
import { findFreePorts } from "@mainstay/testkit/ports";
import type { BrowserContext, Page } from "playwright-core";
import { expect } from "vitest";
import { buildBoot } from "../../apps/boot/build.ts";
import { sealBoot } from "../../apps/boot/seal.ts";
import { createAssignments } from "../../apps/edge/assignments/assignments.ts";
import { createBankProxy } from "../../apps/edge/bank-proxy.ts";
import { createCatalog } from "../../apps/edge/catalog.ts";
import { createEdge } from "../../apps/edge/server.ts";
import { createPublisher, writeBuild } from "./publisher.ts";
import { edge_secret } from "./test-edge.ts";
import { createTestControl } from "./test-plan.ts";

const log = createLogger({ name: "test", level: "silent" });

/** What the stand-in for the bank answers to a request: a status, a body, and further headers. */
type BankAnswer = { status: number; body?: unknown; headers?: Record<string, string> };
type Bank = (path: string, headers: IncomingHttpHeaders) => BankAnswer;

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
}

function stopServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/**
 * The real boot layer in a real browser, with a real edge, a catalog of small apps, a plan that the test sets
 * and a stand-in for the bank. One scene a file; `begin` and `end` frame each test.
 */
export async function createBootScene() {
  const folder = await mkdtemp(join(tmpdir(), "mainstay-boot-"));
  const catalogFolder = join(folder, "catalog");
  const publisher = createPublisher(catalogFolder);
  await buildBoot(join(folder, "built"));
  await sealBoot({ built: join(folder, "built"), outDir: join(folder, "boot"), keys: publisher.bootKeys });
  const bootFiles = await readStaticFolder(join(folder, "boot"));
  const browser = await launchBrowser();
  let port = 0;
  let phone: BrowserContext;
  let stopEdgeNow: () => Promise<void> = () => Promise.resolve();
  let bankServer: Server;

  const scene = {
    bootFiles,
    publisher,
    control: createTestControl(),
    /** What the bank answers; changed by tests. */
    bank: ((): BankAnswer => ({ status: 503, body: { code: "bank_unavailable" } })) as Bank,
    /** The test's own page, and what it complained about, such as a breach of its policy. */
    page: undefined as Page | undefined,
    complaints: [] as string[],
    origin: () => `http://localhost:${port}`,

    async startEdge(): Promise<void> {
      const origin = scene.origin();
      const clock = systemClock;
      const catalog = createCatalog({ folder: catalogFolder, keys: publisher.keys, log, clock });
      const metrics = createMetrics("edge");
      const { control } = scene;
      const assignments = createAssignments({
        ...{ edgeSecret: edge_secret, origin, catalog, plan: control.plan, control },
        ...{ clock, random: systemRandom, log, metrics },
      });
      await assignments.refresh();
      const bank = createBankProxy({ bankUrl: `http://127.0.0.1:${port + 3}`, origin, log });
      const edge = createEdge({ origin, bootFiles, catalog, assignments, bank, log, metrics });
      await listen(edge, port);
      stopEdgeNow = async () => {
        stopEdgeNow = () => Promise.resolve();
        assignments.stop();
        await stopServer(edge);
        await bank.close();
      };
    },

    stopEdge: () => stopEdgeNow(),

    async begin(): Promise<Page> {
      await rm(catalogFolder, { recursive: true, force: true });
      port = await findFreePorts();
      scene.control = createTestControl();
      scene.bank = () => ({ status: 503, body: { code: "bank_unavailable" } });
      bankServer = createServer((request, response) => {
        const answer = scene.bank(request.url ?? "", request.headers);
        response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
        response.end(JSON.stringify(answer.body ?? {}));
      });
      await listen(bankServer, port + 3);
      await scene.startEdge();
      phone = await openPhone(browser);
      const page = await phone.newPage();
      scene.page = page;
      scene.complaints = [];
      page.on("console", (message) => {
        if (message.type() === "error") scene.complaints.push(message.text());
      });
      return page;
    },

    async end(): Promise<void> {
      await phone.close();
      await stopEdgeNow();
      await stopServer(bankServer);
    },

    async close(): Promise<void> {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },

    /**
     * Publishes a small app (what it does when it starts, and a part of it that is imported later), and waits
     * until the edge serves it.
     */
    async publish(start: string): Promise<string> {
      const dist = await writeBuild(join(folder, "dist"), {
        files: {
          "assets/main.js": `import { show } from "./shared.js";\n${start}`,
          "assets/shared.js": `const root = document.getElementById("root");
            export function show(text) { root.textContent = text; }`,
          "assets/later.js": `export const words = "later";`,
          "assets/main.css": "#root { color: rgb(14, 74, 69); }",
        },
        notes: {
          "main.tsx": {
            file: "assets/main.js",
            isEntry: true,
            imports: ["_shared.js"],
            css: ["assets/main.css"],
          },
          "_shared.js": { file: "assets/shared.js" },
          "later.tsx": { file: "assets/later.js" },
        },
      });
      const { version } = await publisher.next(dist);
      const served = () => fetch(`${scene.origin()}/v/${version}/manifest.json`).then(({ status }) => status);
      await expect.poll(served, { timeout: 5_000 }).toBe(200);
      return version;
    },
  };
  return scene;
}

/** A small app that stands and shows its name and version. */
export const standing = (name: string) =>
  `show("${name} " + window.mainstay.version); window.mainstay.booted();`;
