import { generateKeyPairSync } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createDatabase,
  createLogger,
  migrate,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  systemClock,
  systemRandom,
} from "@mainstay/platform";
import { addVirtualAuthenticator, launchBrowser, type TestBrowser } from "@mainstay/testkit/browser";
import { findFreePorts } from "@mainstay/testkit/ports";
import { edge_secret_header } from "@mainstay/wire";
import type { Page } from "playwright-core";
import { controlMigrations } from "../../../apps/control/migrations.ts";
import { createControl, type ControlDeps } from "../../../apps/control/server.ts";
import { builtConsole } from "./build.ts";

/** What the edge and the bank show control in these journeys. */
const edgeSecret = "an edge's secret of thirty-two characters";
/** How many connections control has. */
const connections_max = 8;

/** A window of somebody's own, with their own passkeys; what the browser complains of is written down. */
async function openWindow(
  { browser }: TestBrowser,
  viewport: { readonly width: number; readonly height: number },
  complaints: string[],
): Promise<Page> {
  const context = await browser.newContext({
    viewport,
    locale: "en-GB",
    timezoneId: "Europe/London",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await addVirtualAuthenticator(page);
  page.on("console", (message) => {
    // That nobody is logged in yet is asked and answered; anything else in red is a fault of the page.
    if (message.type() === "error" && !message.text().includes("401")) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return page;
}

/**
 * The real control with its database, the console as it is given out, a bank that a listener stands in for,
 * and a real browser.
 */
export async function startControlScene(
  options: Pick<ControlDeps, "releaseKeys" | "isProduction" | "hasBackgroundWork"> & {
    readonly bank: RequestListener;
  },
) {
  const { bank: answer, ...control_options } = options;
  const folder = await mkdtemp(join(tmpdir(), "mainstay-console-"));
  const consoleFiles = await builtConsole();
  const port = await findFreePorts();
  const origin = `http://console.localhost:${port + 1}`;
  const bank = createServer(answer);
  await new Promise<void>((done) => bank.listen(port + 3, "127.0.0.1", done));
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  await chmod(folder, 0o755);
  const postgres = await startEmbeddedPostgres({ folder: join(folder, "postgres") });
  await migrate({ ownerUrl: postgres.url("mainstay_owner", "control"), modules: controlMigrations });
  const url = postgres.url("mainstay_control", "control");
  const database = createDatabase({ url, connections_max, applicationName: "test" });
  const { privateKey } = generateKeyPairSync("ed25519");
  const control = await createControl({
    ...control_options,
    database,
    clock: systemClock,
    random: systemRandom,
    log: createLogger({ name: "test", level: "silent" }),
    origin,
    bankUrl: `http://127.0.0.1:${port + 3}`,
    consoleFiles,
    edgeSecret,
    staffAssertionKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  });
  await control.listen({ host: "127.0.0.1", port: port + 1 });
  const browser = await launchBrowser();
  const complaints: string[] = [];
  const headers = { [edge_secret_header]: edgeSecret };
  return {
    origin,
    complaints,
    openWindow: (viewport: { readonly width: number; readonly height: number }) =>
      openWindow(browser, viewport, complaints),
    /** The link by which the first member of staff joins. */
    firstLink: async (): Promise<string> =>
      (await control.inject({ url: "/internal/first-staff-link", headers })).json<{ url: string }>().url,
    /** Tells control what the edge, the bank or the release command does; answers with the status. */
    tell: async (
      path: string,
      body: unknown,
    ): Promise<{ readonly status: number; readonly text: string }> => {
      const told = await control.inject({
        method: "POST",
        url: `/internal/${path}`,
        headers: { ...headers, "content-type": "application/json" },
        payload: JSON.stringify(body),
      });
      return { status: told.statusCode, text: told.body };
    },
    close: async () => {
      await browser.close();
      await control.close();
      await database.close();
      await removeEmbeddedPostgres(join(folder, "postgres"));
      bank.closeAllConnections();
      bank.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
export type ControlScene = Awaited<ReturnType<typeof startControlScene>>;
