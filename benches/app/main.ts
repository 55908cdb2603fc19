/** `npm run bench:app [-- --json]`: how much the app's first screen needs, and how soon it and home stand. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { launchBrowser } from "@mainstay/testkit/browser";
import { startMainstay } from "./mainstay.ts";
import { measureInteractive, measureLogins, measurePaint, measureScripts } from "./measure.ts";

const runs = 5;
const aims = { first_load_js_kb: 170, lcp_ms: 1_200, interactive_ms: 1_500, home_after_login_ms: 800 };

type Results = Record<keyof typeof aims, number>;

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function repeat(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < runs; run += 1) values.push(await measure());
  return Math.round(median(values));
}

async function measureAll(url: string): Promise<Results> {
  const browser = await launchBrowser();
  try {
    // One visit that isn't counted: the servers' own first time is not the app's.
    await measurePaint(browser, url);
    return {
      first_load_js_kb: Math.round((await measureScripts(browser, url)) / 100) / 10,
      lcp_ms: await repeat(() => measurePaint(browser, url)),
      interactive_ms: await repeat(() => measureInteractive(browser, url)),
      home_after_login_ms: Math.round(median(await measureLogins(browser, url, runs))),
    };
  } finally {
    await browser.close();
  }
}

function tell(results: Results): void {
  for (const name of Object.keys(aims) as (keyof typeof aims)[]) {
    const verdict = results[name] <= aims[name] ? "" : "  ← above the aim";
    process.stdout.write(
      `${name.padEnd(20)} ${String(results[name]).padStart(7)}  aim ${aims[name]}${verdict}\n`,
    );
  }
}

const mainstay = await startMainstay();
try {
  const results = await measureAll(mainstay.url);
  const folder = join(import.meta.dirname, "../results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "app.json"), `${JSON.stringify(results, null, 2)}\n`);
  tell(results);
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify(results)}\n`);
} finally {
  await mainstay.stop();
}
