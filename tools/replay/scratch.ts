import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePorts } from "@mainstay/testkit/ports";
import type { StartSettings } from "../start/environment.ts";
import { startMainstay, type Mainstay } from "../start/supervisor.ts";

/** A whole Mainstay of its own, in a temporary folder, that is gone when the replay ends. */
export type ScratchBank = {
  readonly mainstay: Mainstay;
  readonly settings: StartSettings;
  readonly origin: string;
  /** Ends every process of it and removes its folder. */
  readonly remove: () => Promise<void>;
};

/** Starts it as `npm start` does, with an empty bank. */
export async function startScratchBank(say: (line: string) => void): Promise<ScratchBank> {
  const dataFolder = mkdtempSync(join(tmpdir(), "mainstay-replay-"));
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(dataFolder, 0o755);
  const port = await findFreePorts();
  const settings: StartSettings = {
    port,
    dataFolder,
    isProduction: false,
    hasDemo: false,
    logLevel: "warn",
    bankUrl: undefined,
    controlUrl: undefined,
    bankOwnerUrl: undefined,
    controlOwnerUrl: undefined,
    releaseKey: undefined,
  };
  const discard = () => rmSync(dataFolder, { recursive: true, force: true });
  try {
    const mainstay = await startMainstay({
      settings,
      nodeWords: [],
      say,
      onGivenUp: (error) => say(error.message),
    });
    return {
      mainstay,
      settings,
      origin: `http://localhost:${port}`,
      remove: async () => {
        await mainstay.stop();
        discard();
      },
    };
  } catch (error) {
    discard();
    throw error;
  }
}
