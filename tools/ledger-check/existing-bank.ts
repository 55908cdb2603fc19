import { existsSync } from "node:fs";
import { join } from "node:path";
import { OperatorError, startEmbeddedPostgres } from "@mainstay/platform/embedded-postgres";
import { readStartSettings } from "../start/environment.ts";

/** The bank's database as its owner sees it, for tools that look at a bank whether it runs or not. */
export type ExistingBank = { readonly url: string; readonly close: () => Promise<void> };

/**
 * Opens the bank's database where `npm start` would find it. An embedded server that isn't running is started
 * for as long as the tool needs it; one that is running stays as it is. Throws `OperatorError` when there is
 * no bank yet.
 */
export async function openExistingBank(): Promise<ExistingBank> {
  const settings = readStartSettings({ ...process.env, NODE_ENV: "development" });
  const named = settings.bankOwnerUrl ?? settings.bankUrl;
  if (named !== undefined) return { url: named, close: async () => {} };
  const folder = join(settings.dataFolder, "postgres");
  if (!existsSync(join(folder, "postgres-passwords.json"))) {
    throw new OperatorError(`There is no bank in ${settings.dataFolder} yet: npm start makes one.`);
  }
  const server = await startEmbeddedPostgres({ folder });
  return {
    url: server.url("mainstay_owner", "bank"),
    close: async () => {
      if (!server.wasRunning) await server.stop();
    },
  };
}
