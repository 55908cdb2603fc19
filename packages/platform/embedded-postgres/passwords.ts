import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "./operator-error.ts";

/**
 * The log-in roles of the embedded server: its superuser, the owner of all schemas, and who the processes
 * are.
 */
export const postgres_roles = ["postgres", "mainstay_owner", "mainstay_bank", "mainstay_control"] as const;

export type PostgresRole = (typeof postgres_roles)[number];

export type Passwords = Readonly<Record<PostgresRole, string>>;

function isPasswords(value: unknown): value is Passwords {
  if (typeof value !== "object" || value === null) return false;
  const entries = new Map<string, unknown>(Object.entries(value));
  return postgres_roles.every((role) => typeof entries.get(role) === "string");
}

/**
 * Reads the roles' passwords, or makes them at the first start: 24 random bytes each, in a file that only its
 * owner can read, on disk before the server that uses them exists.
 */
export function loadPasswords(folder: string, isFirstStart: boolean): Passwords {
  const path = join(folder, "postgres-passwords.json");
  if (existsSync(path)) {
    const found: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (isPasswords(found)) return found;
    throw new OperatorError(`${path} isn't the file that Mainstay wrote: restore it from a copy.`);
  }
  if (!isFirstStart) {
    throw new OperatorError(`${path} is missing, and without it the data there can't be opened: restore it.`);
  }
  const password = (): string => randomBytes(24).toString("base64url");
  const made: Passwords = {
    postgres: password(),
    mainstay_owner: password(),
    mainstay_bank: password(),
    mainstay_control: password(),
  };
  const half = `${path}.${process.pid}`;
  const file = openSync(half, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify(made, undefined, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(half, path);
  return made;
}
