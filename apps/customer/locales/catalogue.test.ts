/// <reference types="node" />
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { formatter } from "@lingui/format-po";
import { createSwcExtractor } from "@lingui/native-tools";
import { expect, test } from "vitest";
import config from "../lingui.config.ts";
import { makeConfig } from "@lingui/conf";

const app = join(import.meta.dirname, "..");
const linguiConfig = makeConfig({ ...config, rootDir: app }, { skipValidation: true });

function sources(): readonly string[] {
  return readdirSync(app, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.tsx?$/.test(path) && !/node_modules|dist|\.test\.|\.d\.ts$/.test(path),
  );
}

async function wordsOf(path: string): Promise<readonly string[]> {
  const words: string[] = [];
  const code = readFileSync(join(app, path), "utf8");
  await createSwcExtractor().extract(path, code, ({ message, id }) => void words.push(message ?? id), {
    linguiConfig,
  });
  return words;
}

test("every string of every screen is in the catalogue (else: npm run strings -w apps/customer)", async () => {
  const path = join(app, "locales/en/messages.po");
  const context = { locale: "en", sourceLocale: "en", filename: path };
  const catalogue = await formatter().parse(readFileSync(path, "utf8"), context);
  const known = new Set(Object.values(catalogue).map(({ message, translation }) => message ?? translation));
  const used = (await Promise.all(sources().map(wordsOf))).flat();
  expect(used.length).toBeGreaterThan(100);
  expect(used.filter((words) => !known.has(words))).toEqual([]);
});
