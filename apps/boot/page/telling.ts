import type { UpdateAdvice } from "@mainstay/wire";
import type { BootFailure } from "../state.ts";
import harbour_scene_url from "./harbour-scene.svg";

/** What the person is told, by failure: what happened, that nothing is lost, what to do. */
const words: Readonly<Record<BootFailure, { readonly title: string; readonly text: string }>> = {
  unreachable: {
    title: "We can’t reach Mainstay",
    text: "Check your connection. Your money is safe, and the app starts by itself once you’re back online.",
  },
  damaged: {
    title: "The app didn’t arrive whole",
    text: "What came isn’t what we sent, so we didn’t start it. Your money is safe. Try again.",
  },
  slow: {
    title: "This is taking longer than it should",
    text: "You can wait a little, or try again. Your money is safe.",
  },
  crashed: {
    title: "The app couldn’t start",
    text: "That’s our mistake. Your money is safe, and planned payments still go out. Try again.",
  },
};

type Tag = "h1" | "p" | "div" | "a" | "button";

function element(name: Tag, className: string, content: string | readonly Element[]): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  if (typeof content === "string") made.textContent = content;
  else made.append(...content);
  return made;
}

function screen(): HTMLElement {
  const found = document.getElementById("boot");
  if (!found) throw new Error("the boot page has lost its screen");
  return found;
}

function emptyScreen(): HTMLElement {
  const boot = screen();
  boot.querySelectorAll("[class^=boot-]").forEach((shown) => shown.remove());
  return boot;
}

/**
 * Tells the person in plain words why the app hasn't started, with one button. Telling again replaces the
 * words.
 */
export function tell(failure: BootFailure, onRetry: () => void): void {
  const boot = emptyScreen();
  const button = element("button", "boot-button", "Try again");
  button.addEventListener("click", onRetry, { once: true });
  const { title, text } = words[failure];
  boot.append(element("h1", "boot-title", title), element("p", "boot-text", text), button);
  boot.hidden = false;
}

/** Lucide's drawings (ISC licence) of a shield and of a download. */
const icons = {
  shield:
    "M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 " +
    "6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1zM9 12l2 2 4-4",
  download: "M12 15V3M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4M7 10l5 5 5-5",
} as const;

function drawing(path: string): Element {
  const svg = "http://www.w3.org/2000/svg";
  const [made, line] = [document.createElementNS(svg, "svg"), document.createElementNS(svg, "path")];
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  made.append(line);
  return made;
}

function row(icon: keyof typeof icons, title: string, text: string): HTMLElement {
  return element("div", "boot-row", [
    element("div", `boot-icon boot-icon-${icon}`, [drawing(icons[icon])]),
    element("div", "boot-words", [
      element("p", "boot-row-title", title),
      element("p", "boot-row-text", text),
    ]),
  ]);
}

/** The one button: to the store that the address names, or a new start. */
function updateButton(storeUrl: string | null, onUpdate: () => void): HTMLElement {
  const store = storeUrl !== null && /^https:\/\/([\w.-]+)\//.exec(storeUrl);
  if (!storeUrl || !store) {
    const button = element("button", "boot-button", "Update now");
    button.addEventListener("click", onUpdate, { once: true });
    return button;
  }
  const names: Readonly<Record<string, string>> = {
    "apps.apple.com": "Update in the App Store",
    "play.google.com": "Update in Google Play",
  };
  const link = element("a", "boot-button", names[store[1] ?? ""] ?? "Update in the store");
  link.setAttribute("href", storeUrl);
  return link;
}

/**
 * Fills the page with why this version can't go on, that nothing is lost, and one button. It stands without
 * any bundle, so that it comes to versions that can't log in too.
 */
export function tellUpdate(from: string, update: UpdateAdvice, onUpdate: () => void): void {
  if (update.kind === "none") return;
  const { version, storeUrl } = update;
  const boot = emptyScreen();
  const scene = document.createElement("img");
  scene.className = "boot-scene";
  scene.alt = "";
  scene.src = harbour_scene_url;
  const words =
    storeUrl === null && from !== version ? `From version ${from} to ${version}` : `Version ${version}`;
  const text =
    "This version is too old to log in safely, so we retired it. A newer one takes over where you were.";
  const sheet = element("div", "boot-sheet", [
    element("h1", "boot-sheet-title", "Time for a newer Mainstay"),
    element("p", "boot-sheet-text", text),
    element("div", "boot-card", [
      row("shield", "Your money is where it was", "Payments you set up go out on time"),
      row("download", words, "About a minute on wifi"),
    ]),
    updateButton(storeUrl, onUpdate),
  ]);
  boot.classList.add("is-updating");
  boot.append(scene, sheet);
  boot.hidden = false;
}

/** Takes the boot screen away: the app's first screen stands behind it. */
export function reveal(): void {
  screen().hidden = true;
}
