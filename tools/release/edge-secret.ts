import { readFileSync } from "node:fs";
import { OperatorError } from "@mainstay/platform/embedded-postgres";

/** Reads from a file of secrets what our processes show one another; throws `OperatorError` without one. */
export function readEdgeSecret(path: string): string {
  try {
    const { edgeSecret } = JSON.parse(readFileSync(path, "utf8")) as { edgeSecret?: unknown };
    if (typeof edgeSecret === "string") return edgeSecret;
  } catch {
    // Missing and garbled come to the same sentence.
  }
  throw new OperatorError(`${path} holds no secrets of a Mainstay: npm start makes them.`);
}
