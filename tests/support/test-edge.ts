import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLogger, createMetrics, readStaticFolder } from "@mainstay/platform";
import { fakeClock, seededRandom } from "@mainstay/testkit";
import { createAssignments } from "../../apps/edge/assignments/assignments.ts";
import { createBankProxy } from "../../apps/edge/bank-proxy.ts";
import { createCatalog } from "../../apps/edge/catalog.ts";
import { createEdge } from "../../apps/edge/server.ts";
import { createPublisher, writeBuild } from "./publisher.ts";
import { createTestControl } from "./test-plan.ts";

const log = createLogger({ name: "test", level: "silent" });

/** The secret of the test edges. */
export const edge_secret = "a secret that only the tests' edges know";

/** What the stand-in for the bank was asked. */
type Asked = { method: string; url: string; headers: IncomingHttpHeaders; body: string };
type Options = { method?: string; headers?: Record<string, string>; body?: string | Buffer };
type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer };

const listen = (server: Server, port = 0) =>
  new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function freePort(): Promise<number> {
  const reserved = createServer();
  await listen(reserved);
  const port = portOf(reserved);
  await new Promise((done) => reserved.close(done));
  return port;
}

function startBank(asked: Asked[], answer: RequestListener): Server {
  return createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("latin1")));
    request.on("end", () => {
      asked.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      answer(request, response);
    });
  });
}

/** The code of the problem document that was answered. */
export function codeOf(answer: Answer): string {
  return (JSON.parse(answer.body.toString()) as { code: string }).code;
}

/**
 * A real edge for tests, with a small boot layer, a catalog, and a stand-in for the bank; `bankUrl` names
 * another bank.
 */
export async function startTestEdge(options: { bankUrl?: string } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "mainstay-edge-"));
  const catalog = join(folder, "catalog");
  await mkdir(join(folder, "boot/icons"), { recursive: true });
  await writeFile(join(folder, "boot/index.html"), `<!doctype html>${"<p>boot</p>".repeat(40)}`);
  await writeFile(join(folder, "boot/boot-abc.js"), "export {};".repeat(40));
  await writeFile(join(folder, "boot/sw.js"), "self;");
  await writeFile(join(folder, "secret.txt"), "not to be served");
  const clock = fakeClock();
  const publisher = createPublisher(catalog);
  const asked: Asked[] = [];
  const state: { answer: RequestListener } = {
    answer: (_request, response) => response.setHeader("content-type", "application/json").end(`{"ok":true}`),
  };
  const bank = startBank(asked, (request, response) => state.answer(request, response));
  await listen(bank);
  // The edge must know its own name before it listens.
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const proxy = createBankProxy({
    bankUrl: options.bankUrl ?? `http://127.0.0.1:${portOf(bank)}`,
    origin,
    log,
  });
  const control = createTestControl();
  const metrics = createMetrics("edge");
  const served = createCatalog({ folder: catalog, keys: publisher.keys, log, clock });
  const assignments = createAssignments({
    edgeSecret: edge_secret,
    origin,
    catalog: served,
    plan: control.plan,
    control,
    clock,
    random: seededRandom(1),
    log,
    metrics,
  });
  const bootFiles = await readStaticFolder(join(folder, "boot"));
  const edge = createEdge({ origin, bootFiles, catalog: served, assignments, bank: proxy, log, metrics });
  await listen(edge, port);

  /** Builds a small app that says some words; answers its folder. */
  function build(words: string): Promise<string> {
    return writeBuild(join(folder, "dist"), {
      files: { "assets/main-1.js": `export const words = "${words}";`.repeat(20) },
      notes: { "main.tsx": { file: "assets/main-1.js", isEntry: true } },
    });
  }

  const requestOptions = (path: string, headers: Record<string, string> = {}) => ({
    host: "127.0.0.1",
    port,
    path,
    headers: { host: `localhost:${port}`, ...headers },
  });

  return {
    port,
    origin,
    folder,
    catalog,
    clock,
    asked,
    state,
    build,
    requestOptions,
    publisher,
    control,
    refresh: assignments.refresh,
    publish: async (words: string) => publisher.next(await build(words)),
    /** Asks exactly the path that is given: nothing tidies it up on the way. */
    ask: (path: string, { method = "GET", headers = {}, body }: Options = {}) =>
      new Promise<Answer>((done, fail) => {
        const request = httpRequest({ ...requestOptions(path, headers), method }, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () =>
            done({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks),
            }),
          );
          response.on("error", fail);
        });
        request.on("error", fail);
        request.end(body);
      }),
    stop: async () => {
      assignments.stop();
      for (const server of [edge, bank]) {
        server.closeAllConnections();
        server.close();
      }
      await proxy.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
