import { dirname, join, normalize } from "node:path/posix";
import { type Breach, type ProjectFile, isCode, isTest, withoutComments } from "./project.ts";

/** The bank's modules in the order in which they may know of each other: only of earlier ones. */
const bank_order = [
  ...["ledger", "identity", "accounts", "cards", "pots", "payments"],
  ...["international", "notifications", "inbox", "insights", "developer"],
];
const release_order = [
  ...["guard", "catalog", "staff", "checks", "rollouts", "signals"],
  ...["incidents", "messages", "probes", "status"],
];
/** What the edge has of release control: how a version is read, who gets which, how the status page looks. */
const edge_rooms = new Set(["release/catalog", "release/rollouts", "release/status"]);

/** What runs in browsers, and what it may use. */
const browser_workspaces = new Set(["packages/ui", "apps/customer", "apps/console", "apps/boot"]);
const browser_packages = new Set(["packages/kernel", "packages/wire", "packages/ui"]);

export type Import = { readonly from: string; readonly to: string; readonly line: number };

const import_pattern = /(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g;

/** Lists what a file imports, as written, types included. */
export function importsOf({ path, text }: ProjectFile): readonly Import[] {
  const code = withoutComments(text);
  return [...code.matchAll(import_pattern)].map((match) => ({
    from: path,
    to: match[1] ?? "",
    line: code.slice(0, match.index).split("\n").length,
  }));
}

/**
 * The workspace that a file lies in, such as `bank/ledger`; undefined for tools, tests and what lies at the
 * root.
 */
export function workspaceOf(path: string): string | undefined {
  return /^(?:packages|bank|release|apps)\/[^/]+/.exec(path)?.[0];
}

/** Reads the names of the workspaces, `@mainstay/ledger` → `bank/ledger`. */
export function workspaceNames(files: readonly ProjectFile[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { path, text } of files) {
    const workspace = workspaceOf(path);
    if (workspace === undefined || path !== `${workspace}/package.json`) continue;
    names.set((JSON.parse(text) as { name: string }).name, workspace);
  }
  return names;
}

/** The workspace that an import leads to; undefined for what others wrote. */
function targetOf(found: Import, names: ReadonlyMap<string, string>): string | undefined {
  if (found.to.startsWith(".")) return workspaceOf(normalize(join(dirname(found.from), found.to)));
  const name = /^@mainstay\/[^/]+/.exec(found.to)?.[0];
  return name === undefined ? undefined : names.get(name);
}

function isLater(order: readonly string[], from: string, to: string): boolean {
  return order.indexOf(to.split("/")[1] ?? "") >= order.indexOf(from.split("/")[1] ?? "");
}

/** Says why a workspace may not import another; undefined when it may. */
export function whyNot(from: string, to: string): string | undefined {
  if (from === to) return undefined;
  const [fromArea, toArea] = [from.split("/")[0], to.split("/")[0]];
  if (toArea === "apps") return "nothing imports an app";
  if (browser_workspaces.has(from) && !browser_packages.has(to))
    return "what runs in browsers has no server code";
  if (from === "packages/kernel") return "the kernel stands alone";
  if (fromArea === "packages" && toArea !== "packages")
    return "packages never import the bank or release control";
  if (fromArea === "bank" && toArea === "release") return "the bank and release control never meet";
  if (fromArea === "release" && toArea === "bank") return "the bank and release control never meet";
  if (from === "apps/bank" && toArea === "release") return "the bank and release control never meet";
  if (from !== "apps/bank" && fromArea === "apps" && toArea === "bank")
    return "only apps/bank wires the bank";
  if (from === "apps/edge" && edge_rooms.has(to)) return undefined;
  if (from !== "apps/control" && fromArea === "apps" && toArea === "release") {
    return "only apps/control wires release control";
  }
  if (fromArea === "bank" && toArea === "bank" && isLater(bank_order, from, to)) {
    return `a module imports only earlier ones (${bank_order.join(", ")})`;
  }
  if (fromArea === "release" && toArea === "release" && isLater(release_order, from, to)) {
    return `a module imports only earlier ones (${release_order.join(", ")})`;
  }
  return undefined;
}

/** Holds the direction of imports: DESIGN's layout, module by module. */
export function checkImports(files: readonly ProjectFile[]): readonly Breach[] {
  const names = workspaceNames(files);
  const breaches: Breach[] = [];
  for (const file of files.filter(({ path }) => isCode(path))) {
    const from = workspaceOf(file.path);
    if (from === undefined) continue;
    for (const found of importsOf(file)) {
      const to = targetOf(found, names);
      const say = (what: string): void => {
        breaches.push({ path: file.path, line: found.line, what: `imports ${found.to}: ${what}` });
      };
      if (to === undefined) {
        const isOutside = found.to.startsWith(".") && !isTest(file.path) && !file.path.endsWith(".config.ts");
        if (isOutside) say("a workspace doesn't reach out of itself");
        if (from === "packages/kernel" && found.to.startsWith("node:") && !isTest(file.path)) {
          say("the kernel does no I/O");
        }
        continue;
      }
      // An app has no door: a test that needs the outside world takes what it needs from the simulator.
      const isScene = isTest(file.path) && to.startsWith("apps/");
      if (found.to.startsWith(".") && to !== from && !isScene)
        say("another workspace is imported by its name");
      if (to === "packages/testkit") {
        if (!isTest(file.path)) say("only tests use the testkit");
        continue;
      }
      // A test may set the scene with any module: what it tests doesn't depend on it.
      const why = isTest(file.path) ? undefined : whyNot(from, to);
      if (why !== undefined) say(why);
    }
  }
  return breaches;
}

/** Files that are entered from outside: by Node, npm, Vite, vitest or an HTML page. */
const entries = [
  /\/main\.tsx?$/,
  /\.test\.tsx?$/,
  /\.config\.ts$/,
  /\.d\.ts$/,
  /^tools\/launch\.mjs$/,
  /^packages\/testkit\/(?:postgres|journeys)-setup\.ts$/,
];

/** Says whether a file is named in a page, a package.json or another program's command line. */
function isNamedElsewhere(path: string, files: readonly ProjectFile[]): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const workspace = workspaceOf(path);
  return files.some(
    (file) =>
      file.path !== path &&
      ((/\.(?:html|json)$/.test(file.path) &&
        workspaceOf(file.path) === workspace &&
        file.text.includes(name)) ||
        (isCode(file.path) && new RegExp(`["'\`/]${name.replaceAll(".", "\\.")}["'\`]`).test(file.text))),
  );
}

/** Finds files that nothing imports, runs or names. */
export function checkDeadFiles(files: readonly ProjectFile[]): readonly Breach[] {
  const names = workspaceNames(files);
  const alive = new Set<string>();
  for (const file of files.filter(({ path }) => isCode(path))) {
    for (const { to } of importsOf(file)) {
      if (to.startsWith(".")) {
        const path = normalize(join(dirname(file.path), to.replace(/\?.*$/, "")));
        for (const ending of ["", ".ts", ".tsx", "/index.ts"]) alive.add(`${path}${ending}`);
        continue;
      }
      const [scope, name, ...rest] = to.split("/");
      const workspace = names.get(`${scope ?? ""}/${name ?? ""}`);
      if (workspace === undefined) continue;
      const path = rest.length === 0 ? `${workspace}/index.ts` : `${workspace}/${rest.join("/")}`;
      for (const ending of ["", ".ts", ".tsx"]) alive.add(`${path}${ending}`);
    }
  }
  return files
    .filter(({ path }) => isCode(path) && !alive.has(path) && !entries.some((entry) => entry.test(path)))
    .filter(({ path, text }) => !text.includes("import.meta.main") && !isNamedElsewhere(path, files))
    .map(({ path }) => ({ path, line: 1, what: "nothing uses this file: delete it" }));
}
