/**
 * Runs one of the project's commands: `node tools/launch.mjs <command> [arguments]`.
 *
 * The machine's own Node (20 or later) runs this file and nothing else of the project's. It depends on nothing,
 * installs what is missing, and hands over to the Node that package-lock.json pins.
 */
import { spawn } from "node:child_process";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The command's name in package.json → the file that the pinned Node runs, with arguments that come first. */
const commands = {
  start: ["tools/start/main.ts"],
  dev: ["tools/dev/main.ts"],
  test: ["tools/test/main.ts"],
  "test:quick": ["tools/test/main.ts", "--quick"],
  check: ["tools/check/main.ts"],
  "pay-in": ["tools/pay-in/main.ts"],
  "ledger:check": ["tools/ledger-check/main.ts"],
  "bench:ledger": ["benches/ledger/main.ts"],
  "bench:guard": ["benches/guard/main.ts"],
  "bench:app": ["benches/app/main.ts"],
};

const own_node_major_min = 20;
const pinned_node_major = 24;
const lock_poll_ms = 250;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installLock = join(root, ".install.lock");

/** Ends with a sentence for whoever typed the command. */
function giveUp(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function isForThisMachine(entry) {
  const fits = (listed, own) => {
    const names = [listed ?? []].flat();
    const isListed = names.includes(own) || names.every((name) => name.startsWith("!"));
    return isListed && !names.includes(`!${own}`);
  };
  return fits(entry.os, process.platform) && fits(entry.cpu, process.arch);
}

/** Says what node_modules lacks of package-lock.json; undefined when it is whole (npm notes there what it installed). */
function whatIsMissing() {
  const wanted = readJson(join(root, "package-lock.json"));
  if (wanted === undefined) giveUp(`There is no package-lock.json in ${root}: clone the project again.`);
  const found = readJson(join(root, "node_modules", ".package-lock.json"));
  if (found === undefined) return "everything";
  const own = Object.keys(wanted.packages[""].optionalDependencies ?? {}).map(
    (name) => `node_modules/${name}`,
  );
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (!path.includes("node_modules/")) continue;
    const there = found.packages[path];
    // npm leaves out what is optional for others' sake; what the project itself lists (Node, PostgreSQL) it needs.
    const isNeeded = !entry.optional || (own.includes(path) && isForThisMachine(entry));
    if (there === undefined ? isNeeded : there.version !== entry.version || there.link !== entry.link)
      return path;
  }
  return undefined;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Takes the lock on installing; false when another process has it. One that was left by a dead process is removed. */
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

/** Runs npm and resolves with its exit code and what it complained of. */
function runNpm(options) {
  // Under `npm run`, npm says where it is; otherwise it is looked for.
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  return new Promise((resolve) => {
    const child = spawn(program, [...first, ...options], {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
      shell: program === "npm" && process.platform === "win32",
    });
    let complaints = "";
    child.stderr.on("data", (chunk) => (complaints += chunk));
    child.on("error", (error) => resolve({ code: 1, complaints: error.message }));
    child.on("close", (code) => resolve({ code, complaints }));
    passSignals(child);
  });
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
    if (whatIsMissing() === undefined) return;
    process.stderr.write("Installing what Mainstay needs; the first time this takes a minute or two.\n");
    // Scripts of packages never run; development's packages are needed to build, whatever NODE_ENV says. Warnings of
    // packages that want a newer Node than the machine's own are beside the point: the pinned one runs them.
    const answer = await runNpm([
      ...["ci", "--ignore-scripts", "--include=dev", "--include=optional", "--loglevel=error"],
      ...["--no-audit", "--no-fund", "--no-update-notifier"],
    ]);
    if (answer.code !== 0) giveUp(explainInstallation(answer.complaints));
  } finally {
    rmSync(installLock, { force: true });
  }
}

/** The Node that everything else runs on: the pinned one, or the machine's own where no package brings it. */
function findNode() {
  const name = `node-${process.platform}-${process.arch}`;
  const program = process.platform === "win32" ? "node.exe" : "node";
  const pinned = join(root, "node_modules", name, "bin", program);
  if (existsSync(pinned)) {
    try {
      accessSync(pinned, constants.X_OK);
    } catch {
      chmodSync(pinned, 0o755);
    }
    return pinned;
  }
  const major = Number(process.versions.node.split(".")[0]);
  if (major === pinned_node_major) return process.execPath;
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
    giveUp(`The Node at ${node} doesn't run on this machine (${error.message}).`);
  });
  child.on("close", (code, signal) => {
    if (signal === null) process.exit(code);
    process.kill(process.pid, signal);
  });
}

async function main() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < own_node_major_min) {
    giveUp(`Mainstay needs Node ${own_node_major_min} or later to begin with; this is ${process.version}.`);
  }
  const [name, ...words] = process.argv.slice(2);
  if (!Object.hasOwn(commands, name ?? "")) {
    giveUp(`Mainstay knows these commands: ${Object.keys(commands).join(", ")}.`);
  }
  try {
    if (whatIsMissing() !== undefined) await install();
  } catch (error) {
    if (error.code === undefined) throw error;
    giveUp(explainInstallation(error.message));
  }
  const [program, ...first] = commands[name];
  run(findNode(), [join(root, program), ...first, ...words]);
}

await main();
