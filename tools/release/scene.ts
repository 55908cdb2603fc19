import { createPublicKey, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { acceptKeys, readPublicKeys, readReleaseKey, type AcceptedKeys } from "@mainstay/catalog";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { portsOf, readStartSettings, type StartSettings } from "../start/environment.ts";
import { releaseFilesOf, type ReleaseFiles } from "../start/release-files.ts";
import { createControlClient, type ControlClient } from "./control-client.ts";

/** What the release command works with: the data folder of one Mainstay, and whoever holds the key. */
export type Scene = {
  readonly settings: StartSettings;
  readonly files: ReleaseFiles;
  /** The edge's folder: the last plan, and what was taken back at the edge itself. */
  readonly edgeState: string;
  readonly say: (line: string) => void;
  readonly keys: () => AcceptedKeys;
  readonly privateKey: () => KeyObject;
  readonly control: () => ControlClient;
  readonly edgeSecret: () => string;
};

function readEdgeSecret(dataFolder: string): string {
  const path = join(dataFolder, "secrets.json");
  if (!existsSync(path)) {
    throw new OperatorError(
      `There are no secrets in ${dataFolder}: npm start makes them, or set MAINSTAY_DATA.`,
    );
  }
  return (JSON.parse(readFileSync(path, "utf8")) as { edgeSecret: string }).edgeSecret;
}

/** Reads where everything lies; keys and secrets are read when they are asked for. */
export function openScene(say: (line: string) => void): Scene {
  const settings = readStartSettings();
  const files = releaseFilesOf(settings.dataFolder, settings.releaseKey);
  const keys = () => acceptKeys(readPublicKeys(files.publicKeys));
  const edgeSecret = () => readEdgeSecret(settings.dataFolder);
  return {
    settings,
    files,
    edgeState: join(settings.dataFolder, "edge"),
    say,
    keys,
    privateKey: () => readReleaseKey(files.privateKey),
    control: () => {
      const port = portsOf(settings.port).control;
      return createControlClient({ port, secret: edgeSecret() });
    },
    edgeSecret,
  };
}

/** The public half of a private key. */
export function publicOf(privateKey: KeyObject): KeyObject {
  return createPublicKey(privateKey);
}
