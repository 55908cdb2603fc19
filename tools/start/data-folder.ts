import { createECDH, generateKeyPairSync, randomBytes } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Secrets } from "@mainstay/platform";
import {
  OperatorError,
  commandLine,
  explainFolderError,
  isAlive,
} from "@mainstay/platform/embedded-postgres";

/** A new PostgreSQL cluster, the built apps and the first hours of logs fit in this. */
const first_start_free_mb_min = 250;
const free_mb_min = 50;
const leftover_wait_ms_max = 8_000;
const poll_ms = 50;

/** A process that a start began, and the file it runs, by which it is recognised again. */
export type ChildRecord = { readonly pid: number; readonly program: string };

type LockContent = {
  readonly pid: number;
  readonly program: string;
  readonly port: number;
  readonly children: readonly ChildRecord[];
};

/** Holds a data folder for one start at a time. */
export type DataFolder = {
  readonly path: string;
  /** Notes which processes are running, so that the next start can end them if this one is killed. */
  readonly recordChildren: (children: readonly ChildRecord[]) => void;
  /** Gives the folder back; with `undo`, also deletes it if this start made it. */
  readonly release: (options?: { readonly undo: boolean }) => void;
};

function writeWhole(path: string, text: string, mode = 0o600): void {
  const half = `${path}.${process.pid}`;
  writeFileSync(half, text, { mode });
  renameSync(half, path);
}

function lockFile(folder: string): string {
  return join(folder, "start.lock");
}

function readLock(folder: string): LockContent | undefined {
  try {
    return JSON.parse(readFileSync(lockFile(folder), "utf8")) as LockContent;
  } catch {
    return undefined;
  }
}

function isOurs(child: ChildRecord): boolean {
  return isAlive(child.pid) && commandLine(child.pid).includes(child.program);
}

/** Ends the processes of a start that was killed; only ones that still run the very file noted for them. */
async function endLeftovers(children: readonly ChildRecord[]): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const child of children.filter(isOurs)) process.kill(child.pid, signal);
    for (let waited_ms = 0; waited_ms < leftover_wait_ms_max; waited_ms += poll_ms) {
      if (!children.some(isOurs)) return;
      await wait(poll_ms);
    }
  }
}

/**
 * Makes way for a start: refuses while another one holds the folder, ends what a killed one left behind.
 * Does nothing when the folder isn't there.
 */
export async function recoverDataFolder(folder: string): Promise<void> {
  const lock = readLock(folder);
  if (lock === undefined) return;
  if (lock.pid !== process.pid && isOurs(lock)) {
    throw new OperatorError(
      `Mainstay already runs on ${folder} (process ${lock.pid}, http://localhost:${lock.port}): ` +
        "stop it first, or set MAINSTAY_DATA and MAINSTAY_PORT.",
    );
  }
  await endLeftovers(lock.children);
  rmSync(lockFile(folder), { force: true });
}

function requireSpace(folder: string, isNew: boolean): void {
  const { bavail, bsize } = statfsSync(folder);
  const needed = isNew ? first_start_free_mb_min : free_mb_min;
  if ((bavail * bsize) / 1024 / 1024 >= needed) return;
  throw new OperatorError(
    `The disk that holds ${folder} has less than ${needed} MB left: free some space, or set MAINSTAY_DATA.`,
  );
}

/**
 * Makes a folder and those above it, one by one: Node's own recursion never ends in some file systems
 * (/proc).
 */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  // Others must be able to pass through to the database when root starts; what is secret has a mode of its
  // own.
  mkdirSync(folder, { mode: 0o755 });
}

/** Takes the folder for this start, making it when it isn't there. Throws `OperatorError` with what to do. */
export function takeDataFolder(folder: string, port: number): DataFolder {
  const isNew = !existsSync(folder);
  const program = process.argv[1] ?? "";
  const undo = (): void => {
    if (isNew) rmSync(folder, { recursive: true, force: true });
  };
  const content = (children: readonly ChildRecord[]): string =>
    `${JSON.stringify({ pid: process.pid, program, port, children } satisfies LockContent)}\n`;
  try {
    makeFolder(folder);
    if (!statSync(folder).isDirectory())
      throw new OperatorError(`${folder} isn't a folder: set MAINSTAY_DATA.`);
    accessSync(folder, constants.W_OK | constants.X_OK);
    requireSpace(folder, !existsSync(join(folder, "secrets.json")));
    const mine = `${lockFile(folder)}.${process.pid}`;
    writeFileSync(mine, content([]), { mode: 0o600 });
    try {
      // A link appears with its content, or not at all: of two starts at once, one gets it.
      linkSync(mine, lockFile(folder));
    } finally {
      rmSync(mine, { force: true });
    }
  } catch (error) {
    if (existsSync(lockFile(folder))) throw new OperatorError(`Mainstay is already starting on ${folder}.`);
    undo();
    throw explainFolderError(error, existsSync(folder) ? folder : dirname(folder));
  }
  return {
    path: folder,
    recordChildren: (children) => writeWhole(lockFile(folder), content(children)),
    release: (options) => {
      rmSync(lockFile(folder), { force: true });
      if (options?.undo) undo();
    },
  };
}

function makeSecrets(): Secrets & { staffAssertionKey: string } {
  const pair = generateKeyPairSync("ed25519");
  return {
    schemeSecret: randomBytes(32).toString("base64url"),
    edgeSecret: randomBytes(32).toString("base64url"),
    staffAssertionKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    staffAssertionPublicKey: pair.publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/**
 * The files of secrets, each for its readers: only control may sign for staff, only the bank signs pushes,
 * and the edge has its own.
 */
export type SecretFiles = {
  readonly shared: string;
  readonly bank: string;
  readonly control: string;
  readonly edge: string;
};

/** Makes the processes' secrets at the first start, in files that only their owner can read. */
export function ensureSecrets(folder: string): SecretFiles {
  const files = {
    shared: join(folder, "secrets.json"),
    bank: join(folder, "secrets-bank.json"),
    control: join(folder, "secrets-control.json"),
    edge: join(folder, "secrets-edge.json"),
  };
  if (!existsSync(files.shared) || !existsSync(files.control)) makeSharedSecrets(files);
  // Data made by an older start have no files of the edge's and the bank's own.
  const shared = JSON.parse(readFileSync(files.shared, "utf8")) as Secrets;
  const { edgeSecret } = shared;
  writeWhole(files.edge, `${JSON.stringify({ edgeSecret }, undefined, 2)}\n`);
  if (!existsSync(files.bank)) {
    writeWhole(files.bank, `${JSON.stringify({ ...shared, pushKeys: makePushKeys() }, undefined, 2)}\n`);
  }
  return files;
}

/** A key pair by which push services know this bank again: raw P-256, base64url. */
function makePushKeys(): NonNullable<Secrets["pushKeys"]> {
  const pair = createECDH("prime256v1");
  const publicKey = pair.generateKeys("base64url");
  // Node leaves out leading zeros; the key has 32 bytes.
  const bytes = Buffer.concat([Buffer.alloc(32), pair.getPrivateKey()]).subarray(-32);
  return { publicKey, privateKey: bytes.toString("base64url") };
}

function makeSharedSecrets(files: SecretFiles): void {
  const { staffAssertionKey, ...shared } = makeSecrets();
  writeWhole(files.control, `${JSON.stringify({ ...shared, staffAssertionKey }, undefined, 2)}\n`);
  writeWhole(files.shared, `${JSON.stringify(shared, undefined, 2)}\n`);
}

/** Reads what control's internal endpoints ask of the start script. */
export function readEdgeSecret(files: SecretFiles): string {
  const secrets = JSON.parse(readFileSync(files.shared, "utf8")) as Secrets;
  return secrets.edgeSecret;
}
