import type { Page } from "playwright-core";

/** What differs from run to run, and what stands for it in a picture: account numbers, times, countdowns. */
const steady: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4} \d{4}\b/g, "4821 0937"],
  [/\b\d{2}:\d{2}\b/g, "09:41"],
];

/**
 * Replaces what differs from run to run in the texts of a page, so that its picture is the same each time.
 */
export async function steadyTexts(page: Page): Promise<void> {
  await page.evaluate(
    (rules) => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        for (const [source, text] of rules) {
          const replaced = (node.nodeValue ?? "").replaceAll(new RegExp(source, "g"), text);
          if (replaced !== node.nodeValue) node.nodeValue = replaced;
        }
      }
    },
    steady.map(([pattern, text]) => [pattern.source, text] as const),
  );
}
