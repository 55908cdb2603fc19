import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type StartSettings, project_folder } from "./environment.ts";

/** Folders under which each module may have migrations. */
const areas = ["packages", "bank", "release"] as const;

function migrationFiles(): readonly string[] {
  return areas.flatMap((area) =>
    readdirSync(join(project_folder, area))
      .map((module) => join(project_folder, area, module, "migrations"))
      .filter((folder) => existsSync(folder))
      .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file))),
  );
}

/**
 * Says what the embedded databases were last filled with, so that a start with nothing to do needn't load all
 * of the bank to find that out. The passwords stand for the server: another one has others. Databases of
 * one's own have no stamp: what happened to them elsewhere can't be known here.
 */
export function filledStamp(settings: StartSettings): {
  readonly isCurrent: boolean;
  readonly set: () => void;
} {
  const passwords = join(settings.dataFolder, "postgres", "postgres-passwords.json");
  const isEmbedded = settings.bankUrl === undefined && settings.controlUrl === undefined;
  if (!isEmbedded || !existsSync(passwords)) return { isCurrent: false, set: () => {} };
  const hash = createHash("sha256").update(readFileSync(passwords));
  hash.update(settings.hasDemo ? "with the demo bank" : "");
  for (const file of migrationFiles().toSorted()) hash.update(file).update(readFileSync(file));
  const content = hash.digest("hex");
  const path = join(settings.dataFolder, "filled");
  return {
    isCurrent: existsSync(path) && readFileSync(path, "utf8") === content,
    set: () => writeFileSync(path, content, { mode: 0o600 }),
  };
}
