import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import pixelmatch from "pixelmatch";
import type { Locator, Page } from "playwright-core";
import { PNG } from "pngjs";
import { expect, inject } from "vitest";

/** How far two colours may lie apart before a pixel counts as another (pixelmatch's scale, 0 to 1). */
export const colour_distance_max = 0.15;
/** The share of pixels that may differ; smoothed edges of letters don't count. */
export const different_share_max = 0.002;

/** Where differences are shown when a picture isn't what was approved. */
const differences_folder = resolve(import.meta.dirname, "../../tests/differences");

function compare(approved: PNG, taken: PNG): { share: number; difference: PNG } {
  const { width, height } = approved;
  const difference = new PNG({ width, height });
  if (taken.width !== width || taken.height !== height) return { share: 1, difference: taken };
  const options = { threshold: colour_distance_max, includeAA: false };
  const different = pixelmatch(approved.data, taken.data, difference.data, width, height, options);
  return { share: different / (width * height), difference };
}

/**
 * Compares the page with an approved picture, `<folder>/<name>.png`. Where tests run with `--update`, or no
 * picture has been approved yet, the one taken becomes it: look at it before it is committed. `hidden` is
 * what changes from run to run, such as times. Under another browser than the pinned one nothing is compared.
 */
export async function expectPicture(
  page: Page,
  options: {
    readonly folder: string;
    readonly name: string;
    readonly isPinned: boolean;
    readonly hidden?: readonly Locator[];
  },
): Promise<void> {
  if (!options.isPinned) return;
  await page.evaluate(() => document.fonts.ready);
  const taken = await page.screenshot({
    animations: "disabled",
    caret: "hide",
    mask: [...(options.hidden ?? [])],
    maskColor: "#808080",
  });
  const approvedPath = join(options.folder, `${options.name}.png`);
  if (inject("updatesPictures")) {
    mkdirSync(dirname(approvedPath), { recursive: true });
    writeFileSync(approvedPath, taken);
    return;
  }
  expect(existsSync(approvedPath), `${approvedPath} is missing: approve one with --update`).toBe(true);
  const { share, difference } = compare(PNG.sync.read(readFileSync(approvedPath)), PNG.sync.read(taken));
  const shown = join(differences_folder, `${options.name}.png`);
  if (share <= different_share_max) return rmSync(shown, { force: true });
  mkdirSync(differences_folder, { recursive: true });
  writeFileSync(shown, PNG.sync.write(difference));
  writeFileSync(join(differences_folder, `${options.name}.taken.png`), taken);
  expect(share, `${options.name} differs from ${approvedPath}: see ${shown}`).toBeLessThanOrEqual(
    different_share_max,
  );
}
