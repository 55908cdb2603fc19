/** Names the document after its heading, so that a tab and a screen reader say which page this is. */
export function titlePage(): void {
  const heading = document.querySelector("h1")?.cloneNode(true);
  // What is drawn for the eye alone is in the heading a second time, as words.
  if (heading instanceof Element)
    for (const drawn of heading.querySelectorAll("[aria-hidden]")) drawn.remove();
  const words = heading?.textContent?.trim() ?? "";
  document.title = words === "" ? "Mainstay" : `${words} · Mainstay`;
}

/** Gives the focus to the page's content. */
export function focusContent(): void {
  const main = document.querySelector<HTMLElement>("main");
  main?.setAttribute("tabindex", "-1");
  main?.focus({ preventScroll: true });
}

/** After a change of page the focus, left behind on what is gone, goes to the new page's content. */
export function focusNewPage(): void {
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) focusContent();
}
