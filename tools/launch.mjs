/**
 * Runs one of the project's commands: `node tools/launch.mjs <command> [arguments]`.
 *
 * The machine's own Node (20 or later) runs this file and nothing else of the project's. It depends on
 * nothing, installs what is missing, and hands over to the Node that package-lock.json pins.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/**
 * The command's name in package.json → what the pinned Node is told: words for itself, the file that it runs,
 * and arguments that come first.
 */
const commands = {
  start: ["tools/start/main.ts"],
  dev: ["tools/dev/main.ts"],
  test: ["tools/test/main.ts"],
  "test:quick": ["tools/test/main.ts", "--quick"],
  check: ["tools/check/main.ts"],
  release: ["tools/release/main.ts"],
  shell: ["tools/shell/main.ts"],
  "pay-in": ["tools/pay-in/main.ts"],
  "ledger:check": ["tools/ledger-check/main.ts"],
  "replay:login-outage": ["tools/replay/main.ts"],
  // As the bank's own process is run (apps/bank/node-words.ts).
  "bench:ledger": ["--max-semi-space-size=64", "benches/ledger/main.ts"],
  "bench:guard": ["benches/guard/main.ts"],
  "bench:app": ["benches/app/main.ts"],
};

const own_node_major_min = 20;
const pinned_node_major = 24;
const lock_poll_ms = 250;

const ownMajor = Number(process.versions.node.split(".")[0]);
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installLock = join(root, ".install.lock");
const installMark = join(root, "node_modules", ".mainstay.json");
const firstNode = join(root, ".install.lock.node");

/** Gives up with a sentence for whoever typed the command. */
function giveUp(sentence) {
  throw Object.assign(new Error(sentence), { isSentence: true });
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** The C library that programs for this machine are built for. */
function ownLibrary() {
  if (process.platform !== "linux") return "none";
  return process.report.getReport().header.glibcVersionRuntime === undefined ? "musl" : "glibc";
}

function isForThisMachine(entry) {
  const fits = (listed, own) => {
    const names = [listed ?? []].flat();
    const isListed = names.includes(own()) || names.every((name) => name.startsWith("!"));
    return isListed && !names.includes(`!${own()}`);
  };
  return (
    fits(entry.os, () => process.platform) &&
    fits(entry.cpu, () => process.arch) &&
    (entry.libc === undefined || fits(entry.libc, ownLibrary))
  );
}

function lockText() {
  try {
    return readFileSync(join(root, "package-lock.json"), "utf8");
  } catch {
    return giveUp(`There is no package-lock.json in ${root}: clone the project again.`);
  }
}

/** What an installation is made by: the lock file and the machine. */
function hashOfLock() {
  return createHash("sha256").update(lockText()).update(process.platform).update(process.arch).digest("hex");
}

/** Says whether node_modules is what package-lock.json says (npm notes in there what it installed). */
function isInstalled() {
  const found = readJson(join(root, "node_modules", ".package-lock.json"));
  if (found === undefined) return false;
  if (readJson(installMark) === hashOfLock()) return true;
  return Object.entries(JSON.parse(lockText()).packages).every(([path, entry]) => {
    const there = found.packages[path];
    if (!path.includes("node_modules/")) return true;
    if (there !== undefined) return there.version === entry.version && there.link === entry.link;
    // npm leaves out what is for other machines, and what is optional for their sake.
    return entry.optional && !(entry.os !== undefined && isForThisMachine(entry));
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/**
 * Takes the lock on installing; false when another process has it. One that was left by a dead process is
 * removed.
 */
function takeInstallLock() {
  const mine = `${installLock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    // A link appears with its content, all at once, or not at all.
    linkSync(mine, installLock);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    const holder = Number(readJson(installLock));
    if (!isAlive(holder) && existsSync(installLock)) {
      renameSync(installLock, mine);
    }
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

/** Runs npm under a Node and resolves with its exit code and what it complained of. */
function runNpm(node, folder, options) {
  // Under `npm run`, npm says where it is; otherwise it is looked for.
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith(".js") ? [node, [npm]] : ["npm", []];
  const path = [dirname(node), process.env.PATH].filter(Boolean).join(delimiter);
  return new Promise((resolve) => {
    const child = spawn(program, [...first, ...options], {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, PATH: path },
    });
    let complaints = "";
    child.stderr.on("data", (chunk) => (complaints += chunk));
    child.on("error", (error) => resolve({ code: 1, complaints: error.message }));
    child.on("close", (code) => resolve({ code, complaints }));
    passSignals(child);
  });
}

/**
 * Installs by the lock file of a folder. Scripts of packages never run; development's packages are needed to
 * build, whatever NODE_ENV says.
 */
async function installByLock(node, folder) {
  const { code, complaints } = await runNpm(node, folder, [
    ...["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--loglevel=error"],
    ...["--no-audit", "--no-fund", "--no-update-notifier"],
  ]);
  if (code !== 0) giveUp(explainInstallation(complaints));
}

/**
 * Finds a Node that npm may run under: npm silently leaves out what is optional and wants a newer Node than
 * npm itself runs on. Where the machine's own isn't the one that we pin, that one is fetched first, alone.
 */
async function nodeForNpm() {
  if (ownMajor === pinned_node_major) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const entry = JSON.parse(lockText()).packages[`node_modules/${name}`];
  if (entry === undefined) return findNode();
  const head = { name: "first-node", version: "1.0.0", dependencies: { [name]: entry.version } };
  const { optional: _, ...wanted } = entry;
  const lock = { ...head, lockfileVersion: 3, packages: { "": head, [`node_modules/${name}`]: wanted } };
  mkdirSync(firstNode, { recursive: true });
  writeFileSync(join(firstNode, "package.json"), JSON.stringify(head));
  writeFileSync(join(firstNode, "package-lock.json"), JSON.stringify(lock));
  await installByLock(process.execPath, firstNode);
  const node = join(firstNode, "node_modules", name, "bin", "node");
  chmodSync(node, 0o755);
  return node;
}

function explainInstallation(complaints) {
  if (/ENOSPC|no space left/i.test(complaints))
    return `The disk that holds ${root} is full: free some space.`;
  if (/EACCES|EPERM|EROFS/.test(complaints)) return `Mainstay can't write to ${root}: make it writable.`;
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET/.test(complaints)) {
    return "The npm registry can't be reached: check the network, then run the command again.";
  }
  if (/ENOENT/.test(complaints) && !complaints.includes("npm error")) {
    return "npm was not found: install it beside Node, then run the command again.";
  }
  return `npm could not install what is missing:\n${complaints.trim()}`;
}

async function install() {
  let hasSaidSo = false;
  while (!takeInstallLock()) {
    if (!hasSaidSo) process.stderr.write("Another command is installing; waiting for it.\n");
    hasSaidSo = true;
    await wait(lock_poll_ms);
  }
  try {
    if (isInstalled()) return;
    process.stderr.write("Installing what Mainstay needs; the first time this takes a minute or two.\n");
    await installByLock(await nodeForNpm(), root);
    writeFileSync(installMark, JSON.stringify(hashOfLock()));
  } finally {
    rmSync(firstNode, { recursive: true, force: true });
    rmSync(installLock, { force: true });
  }
}

/** The Node that everything else runs on: the pinned one, or the machine's own where no package brings it. */
function findNode() {
  const name = `node-${process.platform}-${process.arch}`;
  const pinned = join(root, "node_modules", name, "bin", "node");
  if (existsSync(pinned)) {
    try {
      accessSync(pinned, constants.X_OK);
    } catch {
      chmodSync(pinned, 0o755);
    }
    return pinned;
  }
  if (ownMajor === pinned_node_major) return process.execPath;
  return giveUp(
    `No Node ${pinned_node_major} comes from the npm registry for ${process.platform}-${process.arch}: ` +
      `install Node ${pinned_node_major} (https://nodejs.org) and run the command again.`,
  );
}

/** Passes on what would end this process, so that the child can end in order first. */
function passSignals(child) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    const pass = () => child.kill(signal);
    process.on(signal, pass);
    child.on("close", () => process.off(signal, pass));
  }
}

/** Runs the command under the pinned Node and ends as it ends. */
function run(node, words) {
  const path = [dirname(node), process.env.PATH].filter(Boolean).join(delimiter);
  // Node keeps what it compiled, so that the next start is quicker.
  const compiled = join(root, "node_modules", ".cache", "compiled");
  const env = { NODE_COMPILE_CACHE: compiled, ...process.env, PATH: path };
  const child = spawn(node, words, { cwd: root, stdio: "inherit", env });
  passSignals(child);
  child.on("error", (error) => {
    process.stderr.write(`The Node at ${node} doesn't run on this machine (${error.message}).\n`);
    process.exit(1);
  });
  child.on("close", (code, signal) => {
    if (signal === null) process.exit(code);
    process.kill(process.pid, signal);
  });
}

async function main() {
  if (ownMajor < own_node_major_min) {
    giveUp(`Mainstay needs Node ${own_node_major_min} or later to begin with; this is ${process.version}.`);
  }
  if (process.platform === "win32") giveUp("Mainstay runs on Linux and macOS; on Windows, use WSL.");
  const [name, ...words] = process.argv.slice(2);
  if (!Object.hasOwn(commands, name ?? "")) {
    giveUp(`Mainstay knows these commands: ${Object.keys(commands).join(", ")}.`);
  }
  try {
    if (!isInstalled()) await install();
  } catch (error) {
    if (error.code === undefined) throw error;
    // The operating system said no, as it would to npm.
    giveUp(explainInstallation(error.message));
  }
  const told = commands[name].map((word) => (word.endsWith(".ts") ? join(root, word) : word));
  run(findNode(), [...told, ...words]);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error.isSentence ? error.message : error.stack}\n`);
  process.exit(1);
}
