import { mkdtempSync, rmSync } from "node:fs";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { readEnvironment } from "@mainstay/platform";
import type { TestProject } from "vitest/node";
import Type from "typebox";
import { scratchFolder } from "./scratch.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** True where pictures are to be approved anew (`--update`). */
    updatesPictures: boolean;
    /** The folder under which each Mainstay of a journey keeps its data. */
    journeysFolder: string;
  }
}

const Environment = Type.Object({ MAINSTAY_JOURNEYS: Type.Optional(Type.String({ minLength: 1 })) });

/**
 * Vitest's global setup for journeys: a folder for their data, which `npm test` names so as to look at it
 * afterwards.
 */
export function setup(project: TestProject): () => void {
  const { MAINSTAY_JOURNEYS: named } = readEnvironment(Environment);
  const folder = named ?? mkdtempSync(join(scratchFolder(), "mainstay-journeys-"));
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  if (named === undefined) chmodSync(folder, 0o755);
  project.provide("journeysFolder", folder);
  project.provide("updatesPictures", project.config.snapshotOptions.updateSnapshot === "all");
  return () => {
    if (named === undefined) rmSync(folder, { recursive: true, force: true });
  };
}
