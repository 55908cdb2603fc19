import { escapeHtml } from "@mainstay/kernel";

/** A letter as it is written, before it is laid out. Plain text; each paragraph is a sentence or a few. */
export type Letter = {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The one thing to do, as a button; most letters have none, so that nobody learns to follow links. */
  readonly link?: { readonly label: string; readonly url: string };
  /** Small lines under the letter, such as how to end a subscription; an address in them stays text. */
  readonly footnotes?: readonly string[];
};

const never_asked = "We never ask for a code, a passkey or a payment by e-mail or phone.";

/** The letter as plain text. */
export function textOf(letter: Letter): string {
  const link = letter.link === undefined ? [] : [`${letter.link.label}:\n${webAddress(letter.link.url)}`];
  const parts = [...letter.paragraphs, ...link, never_asked, "Mainstay", ...(letter.footnotes ?? [])];
  return `${parts.join("\n\n")}\n`;
}

/**
 * The letter as HTML: no pictures, nothing that is fetched; whatever came from elsewhere is escaped. A line
 * break inside a paragraph stays one.
 */
export function htmlOf(letter: Letter): string {
  const paragraphs = letter.paragraphs.map((text) => `<p style="margin:0 0 16px">${linesOf(text)}</p>`);
  const link = letter.link === undefined ? [] : [buttonOf(letter.link)];
  const small = [never_asked, ...(letter.footnotes ?? [])].map(
    (text) => `<p style="margin:0 0 8px;font-size:14px;line-height:20px;color:#51605E">${linesOf(text)}</p>`,
  );
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(letter.subject)}</title></head>
<body style="margin:0;padding:24px;background:#F6F5F1;color:#10201F;font:16px/24px system-ui,sans-serif">
<div style="max-width:520px;margin:0 auto;padding:24px;border-radius:20px;background:#FFFFFF">
<h1 style="margin:0 0 16px;font-size:20px;line-height:28px;color:#0E4A45">${escapeHtml(letter.subject)}</h1>
${[...paragraphs, ...link, ...small].join("\n")}
</div>
</body>
</html>
`;
}

function linesOf(text: string): string {
  return escapeHtml(text).replaceAll("\n", "<br>\n");
}

function buttonOf({ label, url }: { readonly label: string; readonly url: string }): string {
  const style =
    "display:inline-block;padding:12px 20px;border-radius:12px;background:#0E4A45;color:#FFFFFF;" +
    "font-weight:600;text-decoration:none";
  const anchor = `<a href="${escapeHtml(webAddress(url))}" style="${style}">${escapeHtml(label)}</a>`;
  return `<p style="margin:0 0 16px">${anchor}</p>`;
}

/** Only pages are linked to: an address with another scheme is a programmer's mistake, and throws. */
function webAddress(url: string): string {
  const { protocol, href } = new URL(url);
  if (protocol !== "https:" && protocol !== "http:") throw new Error(`a letter can't link to ${protocol}`);
  return href;
}
