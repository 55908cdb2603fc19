import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const tokens = createRequire(import.meta.url).resolve("@mainstay/ui/tokens.css");

/** The page's style sheet: Mainstay's tokens, the font where one is at hand (its address), the page's own. */
export function statusStyle(fontAddress: string | null): string {
  const font =
    fontAddress === null
      ? ""
      : `@font-face{font-family:"Inter Variable";font-style:normal;font-display:swap;font-weight:100 900;` +
        `src:url("${fontAddress}") format("woff2")}\n`;
  const own = ["status.css", "services.css"].map((name) => join(import.meta.dirname, name));
  return font + [tokens, ...own].map((file) => readFileSync(file, "utf8")).join("");
}
