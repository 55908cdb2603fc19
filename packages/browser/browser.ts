import { homedir, tmpdir } from "node:os";
import { readEnvironment } from "@mainstay/platform";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";
import Type from "typebox";
import { findChromium } from "./chromium.ts";

/** A running browser, and whether it is the pinned one, under which pictures may be compared. */
export type TestBrowser = {
  readonly browser: Browser;
  readonly isPinned: boolean;
  readonly close: () => Promise<void>;
};

const Environment = Type.Object({ MAINSTAY_CHROMIUM: Type.Optional(Type.String()) });

/** The size of the phone that the screens are drawn for, in CSS pixels. */
export const phone_size = { width: 390, height: 844 } as const;

/** Steady pictures: no blinking caret, no smoothing that differs by machine, colours as written. */
const steady_arguments = [
  "--force-color-profile=srgb",
  "--font-render-hinting=none",
  "--disable-lcd-text",
  "--hide-scrollbars",
  "--disable-gpu",
];

/** All that the browser needs to know of the machine. */
const system_environment = { PATH: "/usr/bin:/bin", HOME: homedir(), TMPDIR: tmpdir(), LANG: "C.UTF-8" };

async function launch(isSandboxed: boolean): Promise<TestBrowser> {
  const { MAINSTAY_CHROMIUM: override } = readEnvironment(Environment);
  const program = await findChromium(override);
  const browser = await chromium.launch({
    executablePath: program.path,
    headless: true,
    chromiumSandbox: isSandboxed,
    args: steady_arguments,
    env: { ...system_environment, ...program.environment },
  });
  return { browser, isPinned: program.isPinned, close: () => browser.close() };
}

/**
 * Launches the browser for tests and for the checks of a release. It runs sandboxed, except as root and
 * where the system forbids sandboxes to ordinary users (some containers): there is no other way to run it
 * there, and it visits only this machine.
 */
export async function launchBrowser(): Promise<TestBrowser> {
  if (process.getuid?.() === 0) return launch(false);
  try {
    return await launch(true);
  } catch (error) {
    if (error instanceof Error && /sandbox/i.test(error.message)) return launch(false);
    throw error;
  }
}

/** Opens a fresh phone: its own cookies and storage, British English, London time, no animation. */
export function openPhone(
  { browser }: TestBrowser,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  return browser.newContext({
    viewport: phone_size,
    deviceScaleFactor: 1,
    hasTouch: true,
    isMobile: true,
    locale: "en-GB",
    timezoneId: "Europe/London",
    reducedMotion: "reduce",
    colorScheme: "light",
    ...options,
  });
}
