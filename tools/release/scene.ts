import { createPublicKey, type KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { acceptKeys, readPublicKeys, readReleaseKey, type AcceptedKeys } from "@mainstay/catalog";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { portsOf, readStartSettings, type StartSettings } from "../start/environment.ts";
import { releaseFilesOf, type ReleaseFiles } from "../start/release-files.ts";
import { createControlClient, type ControlClient } from "./control-client.ts";
import { readEdgeSecret } from "./edge-secret.ts";

/** A command as it was typed. */
export type Typed = {
  readonly words: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Where it was typed: paths are what they are there. */
  readonly folder: string;
  readonly say: (line: string) => void;
};

/** What the release command works with: the data folder of one Mainstay, and whoever holds the key. */
export type Scene = {
  readonly settings: StartSettings;
  readonly files: ReleaseFiles;
  /** The edge's folder: the last plan, and what was taken back at the edge itself. */
  readonly edgeState: string;
  readonly say: (line: string) => void;
  /** A path as it was typed, where it was typed. */
  readonly pathOf: (path: string) => string;
  readonly keys: () => AcceptedKeys;
  readonly privateKey: () => KeyObject;
  readonly control: () => ControlClient;
  readonly edgeSecret: () => string;
};

function edgeSecretIn(dataFolder: string): string {
  const path = join(dataFolder, "secrets.json");
  if (!existsSync(path)) {
    throw new OperatorError(
      `There are no secrets in ${dataFolder}: npm start makes them, or set MAINSTAY_DATA.`,
    );
  }
  return readEdgeSecret(path);
}

/** Reads where everything lies; keys and secrets are read when they are asked for. */
export function openScene({ environment, folder, say }: Typed): Scene {
  const settings = readStartSettings(environment);
  const files = releaseFilesOf(settings.dataFolder, settings.releaseKey);
  const keys = () => acceptKeys(readPublicKeys(files.publicKeys));
  const edgeSecret = () => edgeSecretIn(settings.dataFolder);
  return {
    settings,
    files,
    edgeState: join(settings.dataFolder, "edge"),
    say,
    pathOf: (path) => resolve(folder, path),
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
