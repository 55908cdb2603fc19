import { escapeHtml } from "@mainstay/kernel";

/** Text that is known to be safe HTML. Only `html` makes it. */
export type Html = { readonly markup: string };

type Part = Html | string | number | readonly Html[];

/** A template of HTML in which every value is escaped unless it is itself `Html`. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const markup = strings.reduce((text, piece, index) => {
    const part = parts[index];
    return text + piece + (part === undefined ? "" : markupOf(part));
  }, "");
  return { markup };
}

function markupOf(part: Part): string {
  if (typeof part === "string") return escapeHtml(part);
  if (typeof part === "number") return String(part);
  return "markup" in part ? part.markup : part.map((entry) => entry.markup).join("");
}
