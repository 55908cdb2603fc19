import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { expectPicture, launchBrowser } from "@mainstay/testkit/browser";
import type { Page } from "playwright-core";
import { builtConsole } from "./build.ts";
import { standInForControl } from "./stand-in.ts";

const project_folder = resolve(import.meta.dirname, "../../..");
const pictures_folder = join(project_folder, "tests/journeys/pictures/console");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The console, built as it is given out, in a real browser before invented figures, at one moment. */
export async function openConsole(now: Date) {
  const control = standInForControl(await builtConsole());
  await new Promise<void>((done) => control.server.listen(0, "127.0.0.1", done));
  const { browser, isPinned, close } = await launchBrowser();
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "Europe/London",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.clock.setFixedTime(now);
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  return {
    page,
    control,
    origin: `http://console.localhost:${(control.server.address() as AddressInfo).port}`,
    /** What the browser complained of. */
    complaints,
    barriers: (picture?: string) => barriersOf(page, isPinned, picture),
    close: async () => {
      await close();
      control.server.closeAllConnections();
      control.server.close();
    },
  };
}
export type OpenConsole = Awaited<ReturnType<typeof openConsole>>;

/**
 * What axe finds against WCAG 2.2 AA on the page as it stands, in light and in dark; each look is a picture
 * too.
 */
async function barriersOf(page: Page, isPinned: boolean, picture?: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(axe);
    const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
      `axe.run({ runOnly: ${JSON.stringify(wcag)} }).then((said) => said.violations)`,
    );
    for (const { id, nodes } of violations) found.push(`${colorScheme}: ${id}: ${nodes[0]?.html}`);
    if (picture === undefined) continue;
    const name = colorScheme === "light" ? picture : `${picture}-dark`;
    await expectPicture(page, { folder: pictures_folder, name, isPinned });
  }
  await page.emulateMedia({ colorScheme: "light" });
  return found;
}
