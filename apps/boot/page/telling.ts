import type { BootFailure } from "../state.ts";

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

function element(name: "h1" | "p" | "button", className: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function screen(): HTMLElement {
  const found = document.getElementById("boot");
  if (!found) throw new Error("the boot page has lost its screen");
  return found;
}

/**
 * Tells the person in plain words why the app hasn't started, with one button. Telling again replaces the
 * words.
 */
export function tell(failure: BootFailure, onRetry: () => void): void {
  const boot = screen();
  boot.querySelectorAll("[class^=boot-]").forEach((shown) => shown.remove());
  const button = element("button", "boot-button", "Try again");
  button.addEventListener("click", onRetry, { once: true });
  const { title, text } = words[failure];
  boot.append(element("h1", "boot-title", title), element("p", "boot-text", text), button);
  boot.hidden = false;
}

/** Takes the boot screen away: the app's first screen stands behind it. */
export function reveal(): void {
  screen().hidden = true;
}
