import { html, type Html } from "./html.ts";

/** The pages, in the order of the navigation. */
const pages = [
  { path: "/", label: "Overview" },
  { path: "/pay-in", label: "Pay in" },
  { path: "/mail", label: "Mail" },
  { path: "/push", label: "Push" },
  { path: "/faults", label: "Faults" },
] as const;

/** One page whole: head, navigation, and the content that is handed over. */
export function page(options: {
  readonly path: string;
  readonly title: string;
  readonly content: Html;
}): string {
  const { path, title, content } = options;
  const links = pages.map(
    (entry) =>
      html`<a href="${entry.path}" ${entry.path === path ? html`aria-current="page"` : ""}
        >${entry.label}</a
      >`,
  );
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – Mainstay's outside world</title>
        <link rel="icon" href="/logo.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <a class="brand" href="/"
            ><img src="/logo.svg" alt="" width="32" height="32" /><span>The outside world</span></a
          >
          <nav aria-label="Pages">${links}</nav>
        </header>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html> `.markup;
}

/** A time as the pages show it: UTC, to the second. */
export function timeOf(instant: Date): Html {
  const text = instant.toISOString();
  return html`<time datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 19)} UTC</time>`;
}
