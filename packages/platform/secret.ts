import { timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { platform_problems, problem } from "./problem.ts";

/** Says whether a secret is the right one, in a time that doesn't tell how much of it is. */
export function isSecret(given: unknown, secret: string): boolean {
  if (typeof given !== "string") return false;
  const [left, right] = [Buffer.from(given), Buffer.from(secret)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * A hook for what only our own processes ask, with a secret in a header: to whoever has not the secret there
 * is nothing here (`not_found`).
 */
export function requireSecret(header: string, secret: string): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    if (!isSecret(request.headers[header], secret)) throw problem(platform_problems, "not_found");
  };
}
