import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { empty_memory, type BootMemory } from "../state.ts";
import { findShell } from "./shell.ts";

type Answers = Readonly<Record<string, unknown>>;

/** What the plugins were asked, in order: `list`, `set b1`. */
let asked: string[];
let stored: Map<string, string>;
let reloads: number;

beforeEach(() => {
  asked = [];
  stored = new Map();
  reloads = 0;
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
  });
  vi.stubGlobal("location", { reload: () => (reloads += 1) });
});
afterEach(() => vi.unstubAllGlobals());

/** The page of a shell that was built around 1.3.0; `answers` are the update plugin's. */
function inShell(answers: Answers = {}, platform = "android"): void {
  const all: Answers = {
    current: { bundle: { id: "b1", version: "1.5.0", status: "success" }, native: "1.3.0" },
    list: { bundles: [] },
    getLatest: { kind: "up_to_date" },
    ...answers,
  };
  vi.stubGlobal("Capacitor", {
    isNativePlatform: () => true,
    getPlatform: () => platform,
    nativePromise: (_plugin: string, method: string, options: Record<string, unknown> = {}) => {
      const what = options["id"] ?? options["customId"] ?? options["version"];
      asked.push(typeof what === "string" ? `${method} ${what}` : method);
      if (method === "getConfiguration") return Promise.resolve({ origin: "https://bank.example" });
      const answer = all[method];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer ?? {});
    },
  });
}

const failed = (change: Partial<BootMemory> = {}): BootMemory => ({
  ...empty_memory,
  quarantined: ["1.5.0"],
  ...change,
});

async function leave(answers: Answers, memory: BootMemory): Promise<string[]> {
  inShell(answers);
  const shell = await findShell();
  asked.length = 0;
  await shell?.leave(memory);
  return asked;
}

test("a browser has no shell around it", async () => {
  expect(await findShell()).toBeNull();
  vi.stubGlobal("Capacitor", { isNativePlatform: () => false });
  expect(await findShell()).toBeNull();
});

test("a shell knows where the edge is, and which bundle is in reach", async () => {
  inShell({}, "ios");
  expect(await findShell()).toMatchObject({
    platform: "ios",
    server: "https://bank.example",
    version: "1.5.0",
  });
  inShell({ current: { bundle: { id: "builtin", version: "builtin" }, native: "1.3.0" } });
  expect((await findShell())?.version).toBe("1.3.0");
});

test("the edge's name for the installation is kept, shown, and told to the plugin", async () => {
  inShell();
  const shell = await findShell();
  expect(shell?.headers()).toEqual({ "x-mainstay-platform": "android", "x-mainstay-shell": "1.3.0" });
  shell?.noteAnswer(new Headers({ "x-mainstay-installation": "token.mac" }));
  shell?.noteAnswer(new Headers());
  expect(shell?.headers()).toMatchObject({ "x-mainstay-installation": "token.mac" });
  expect(asked.filter((call) => call.startsWith("setCustomId"))).toEqual(["setCustomId token.mac"]);
  const again = await findShell();
  expect(again?.headers()).toMatchObject({ "x-mainstay-installation": "token.mac" });
});

test("a bundle that failed is left for a healthy one that is still there", async () => {
  const list = {
    bundles: [
      { id: "b0", version: "1.4.0", status: "success" },
      { id: "b1", version: "1.5.0", status: "error" },
    ],
  };
  const calls = await leave({ list }, failed({ good: ["1.5.0", "1.4.0"] }));
  expect(calls).toEqual(["list", "set b0"]);
  expect(reloads).toBe(0);
});

test("or for the one that came with the app", async () => {
  expect(await leave({}, failed({ stood: ["1.3.0"] }))).toEqual(["list", "reset"]);
});

test("or for what the edge names, by a download", async () => {
  const getLatest = { version: "1.4.0", url: "https://bank.example/v/1.4.0/bundle.zip", checksum: "ab" };
  const calls = await leave({ getLatest, download: { id: "b7" } }, failed());
  expect(calls).toEqual(["list", "getLatest", "download 1.4.0", "set b7"]);
});

test("never for one that failed here too; then the page is loaded again", async () => {
  const getLatest = { version: "1.5.0", url: "https://bank.example/v/1.5.0/bundle.zip" };
  expect(await leave({ getLatest }, failed())).toEqual(["list", "getLatest"]);
  expect(reloads).toBe(1);
  expect(await leave({ list: new Error("the plugin is broken") }, failed())).toEqual(["list"]);
  expect(reloads).toBe(2);
});
