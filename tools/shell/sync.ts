import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, relative } from "node:path";
import {
  acceptKeys,
  listVersions,
  readPublicKeys,
  readPublishedZip,
  readSource,
  readVersion,
} from "@mainstay/catalog";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import {
  buildNumberOf,
  shell_platforms,
  shellConfiguration,
  type ShellPlatform,
} from "../../apps/shell/configuration.ts";
import { project_folder, systemEnvironment, type StartSettings } from "../start/environment.ts";
import { releaseFilesOf } from "../start/release-files.ts";

/** What is to be generated. */
export type ShellWish = {
  readonly settings: StartSettings;
  /** The version that comes with the app; the newest published one where none is said. */
  readonly version: string | null;
  readonly server: string;
  /** `ios,android`. */
  readonly platforms: string;
  /** Where the projects are generated: beneath the dependencies that they are built with. */
  readonly into: string;
  readonly say: (line: string) => void;
};

const said_length_max = 2_000;
const shell_folder = join(project_folder, "apps/shell");
/** Where the projects are generated when nothing else is said. */
export const shells_folder = join(shell_folder, "dist");
const capacitor = join(project_folder, "node_modules/@capacitor/cli/bin/capacitor");

function readPlatforms(written: string): readonly ShellPlatform[] {
  const names = new Set(written.split(",").map((name) => name.trim()));
  const known = shell_platforms.filter((platform) => names.has(platform));
  if (known.length > 0 && known.length === names.size) return known;
  throw new OperatorError(`--platforms takes some of ${shell_platforms.join(",")}, and is "${written}".`);
}

function readServer(written: string): string {
  if (URL.canParse(written) && /^https?:$/.test(new URL(written).protocol)) return new URL(written).origin;
  throw new OperatorError(`--server takes an address such as https://bank.example, and is "${written}".`);
}

/** Unpacks a published version, verified, as the page that comes with the app. */
async function unpackBundle(wish: ShellWish, www: string): Promise<string> {
  const files = releaseFilesOf(wish.settings.dataFolder, undefined);
  const version = wish.version ?? (await listVersions(files.catalog))[0];
  if (version === undefined || !existsSync(files.publicKeys)) {
    throw new OperatorError(
      `Nothing is published in ${files.catalog}: npm start publishes the first version.`,
    );
  }
  const keys = acceptKeys(readPublicKeys(files.publicKeys));
  const { manifest } = await readVersion(files.catalog, version, keys);
  const wanted = readPlatforms(wish.platforms);
  const missing = wanted.find((platform) => !manifest.platforms.includes(platform));
  if (missing !== undefined) throw new OperatorError(`Version ${version} isn't published for ${missing}.`);
  await readPublishedZip(files.catalog, version, keys);
  await rm(www, { recursive: true, force: true });
  for (const { path, content } of await readSource(join(files.catalog, version, "bundle.zip"))) {
    await mkdir(dirname(join(www, path)), { recursive: true });
    await writeFile(join(www, path), content);
  }
  return version;
}

/** Runs Capacitor's command line in the generated folder. */
function runCapacitor(words: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [capacitor, ...words], {
      cwd: folder,
      // Its hooks run npm, under the Node that runs this.
      env: {
        ...systemEnvironment(),
        PATH: [dirname(process.execPath), process.env["PATH"]].join(delimiter),
        CAPACITOR_TELEMETRY: "0",
        CI: "1",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString("utf8")));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new OperatorError(`capacitor ${words.join(" ")} failed:\n${said.slice(-said_length_max)}`));
    });
  });
}

/** Where the generated projects say their own version, by platform. */
const version_places: Readonly<
  Record<
    ShellPlatform,
    { readonly path: string; readonly texts: readonly (readonly [RegExp, (version: string) => string])[] }
  >
> = {
  android: {
    path: "android/app/build.gradle",
    texts: [
      [/versionCode \d+/g, (version) => `versionCode ${buildNumberOf(version)}`],
      [/versionName "[^"]*"/g, (version) => `versionName "${version}"`],
    ],
  },
  ios: {
    path: "ios/App/App.xcodeproj/project.pbxproj",
    texts: [
      [
        /CURRENT_PROJECT_VERSION = [^;]+;/g,
        (version) => `CURRENT_PROJECT_VERSION = ${buildNumberOf(version)};`,
      ],
      [/MARKETING_VERSION = [^;]+;/g, (version) => `MARKETING_VERSION = ${version};`],
    ],
  },
};

/** The app's version is that of the bundle that it was built around: stores and edge speak of the same. */
async function writeVersion(folder: string, platform: ShellPlatform, version: string): Promise<void> {
  const { path, texts } = version_places[platform];
  let text = await readFile(join(folder, path), "utf8");
  for (const [place, write] of texts) {
    if (text.search(place) === -1) throw new OperatorError(`${path} has no place for the version any more.`);
    text = text.replaceAll(place, write(version));
  }
  await writeFile(join(folder, path), text);
}

/**
 * Generates the native projects around a published version, or brings those that are there up to it. Needs
 * neither Xcode nor the Android SDK.
 */
export async function syncShells(wish: ShellWish): Promise<void> {
  const platforms = readPlatforms(wish.platforms);
  const server = readServer(wish.server);
  const dist = wish.into;
  await mkdir(dist, { recursive: true });
  const version = await unpackBundle(wish, join(dist, "www"));
  const manifest = JSON.parse(await readFile(join(shell_folder, "package.json"), "utf8")) as {
    devDependencies: Record<string, string>;
  };
  const own = { name: "mainstay-shell", version, private: true, dependencies: manifest.devDependencies };
  await writeFile(join(dist, "package.json"), JSON.stringify(own, undefined, 2));
  const configuration = shellConfiguration({ server, version });
  await writeFile(join(dist, "capacitor.config.json"), JSON.stringify(configuration, undefined, 2));
  for (const platform of platforms) {
    if (!existsSync(join(dist, platform))) await runCapacitor(["add", platform], dist);
    await runCapacitor(["sync", platform], dist);
    await writeVersion(dist, platform, version);
    wish.say(`${platform}: ${relative(project_folder, join(dist, platform))}, ${version}, for ${server}`);
  }
}
