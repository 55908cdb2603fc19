import { generateKeyPairSync } from "node:crypto";
import { asId, newId, ok, type Result } from "@mainstay/kernel";
import { keyNameOf, signBytes } from "@mainstay/catalog";
import type { VersionChecks } from "@mainstay/checks";
import { createDatabase, createLogger, sha256Of, type Database } from "@mainstay/platform";
import { staffMigrations, type Confirmations, type StaffMember } from "@mainstay/staff";
import { createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import {
  platforms as all_platforms,
  type DemandedJourney,
  type Platform,
  type RolloutVerdict,
} from "@mainstay/wire";
import type { BankPort } from "./bank-port.ts";
import type { RolloutVerb } from "./commands.ts";
import { rolloutsMigrations } from "./index.ts";
import { createRolloutsService, type RolloutsService } from "./service.ts";
import type { Refusal } from "./types.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");

/** A member of staff for tests. */
export const priya: StaffMember = {
  id: asId("staff", `staff_${"p".repeat(22)}`),
  name: "Priya Nair",
  roles: ["release-manager"],
};
export const tom: StaffMember = {
  id: asId("staff", `staff_${"t".repeat(22)}`),
  name: "Tom Okafor",
  roles: ["release-manager"],
};

/** A value, or a test that says which refusal came instead. */
export function valueOf<T>(result: Result<T, Refusal>): T {
  if (!result.ok) throw new Error(`refused: ${result.error.code} ${result.error.detail ?? ""}`);
  return result.value;
}

/** Signatures that always fit: what passkeys prove is tested where they are. */
const confirmations: Confirmations = {
  begin: () => Promise.reject(new Error("not asked here")),
  finish: async ({ staff, credential }) =>
    ok({ personId: staff.id, nonce: "", publicKey: { algorithm: -7, spki: "" }, credential }),
};

/** A word of the guard's, quiet unless something is said. */
export function verdictAt(at: Date, said: Partial<RolloutVerdict> = {}): RolloutVerdict {
  return {
    kind: "continue",
    logEvidence: -1,
    threshold: 6.9,
    reason: null,
    segment: "all",
    worseByLessThanPoints: null,
    waitsForStable: false,
    candidate: { n: 0, failed: 0 },
    stable: { n: 0, failed: 0 },
    at: at.toISOString(),
    ...said,
  };
}

type Made = Awaited<ReturnType<typeof createTestDatabase>>;

/** What stands outside: a clock, checks, a bank that may be away. */
function createOutside() {
  const lifted: string[] = [];
  const bankState = { isAway: false };
  const bank: BankPort = {
    liftFailures: async (version) => {
      if (bankState.isAway) throw new Error("away");
      lifted.push(version);
      return { lifted: 9 };
    },
    refuseVersions: () => Promise.resolve(),
    acceptedProtocols: () => Promise.resolve(["login/1", "login/2"]),
    putProtocols: (accepted) => Promise.resolve(accepted),
  };
  return {
    clock: fakeClock(),
    random: seededRandom(3),
    checks: new Map<string, VersionChecks>(),
    unmet: [] as DemandedJourney[],
    resumed: [] as string[],
    lifted,
    bankState,
    bank,
  };
}
type Outside = ReturnType<typeof createOutside>;

/** Processes of control on one database; `open` starts another one. */
function createProcesses(made: Made, outside: Outside, isProduction: boolean) {
  const opened: { database: Database; service: RolloutsService }[] = [];
  const { clock, random, checks, resumed, unmet } = outside;
  return {
    open: (): RolloutsService => {
      const applicationName = `process-${opened.length}`;
      const database = createDatabase({ url: made.url, connections_max: 4, applicationName });
      const service = createRolloutsService({
        database,
        clock,
        random,
        log: createLogger({ name: "test", level: "silent" }),
        checksOf: async (version) => checks.get(version) ?? null,
        checksOfAll: async () => checks,
        unmetDemands: async () => unmet,
        releaseKeys: () => new Map([[keyNameOf(publicKey), publicKey]]),
        confirmations,
        isProduction,
        onResumed: async (id) => void resumed.push(id),
      });
      opened.push({ database, service });
      return service;
    },
    /** The name of a process's connections. */
    nameOf: (one: RolloutsService) => `process-${opened.findIndex((found) => found.service === one)}`,
    close: async () => {
      for (const { service } of opened) await service.stop();
      for (const { database } of opened) await database.close();
      await made.drop();
    },
  };
}

function manifestOf(version: string, platforms: readonly Platform[]): string {
  return JSON.stringify({
    version,
    platforms,
    summary: "Quicker start",
    loginProtocol: version.startsWith("1.") ? "login/1" : "login/2",
    api: { from: 1, to: 1 },
    minimumShell: null,
    entry: "index.js",
    preloads: [],
    styles: [],
    files: [{ path: "index.js", sha256: sha256Of(Buffer.from(version)), bytes: 5 }],
  });
}

function signed(what: "manifest" | "withdrawal", text: string): string {
  return JSON.stringify(signBytes(what, Buffer.from(text), privateKey));
}

/** What a test does to a process, in a line each. */
function createHands(service: RolloutsService, { clock, random, checks }: Outside) {
  const commandId = () => newId("cmd", { clock, random });
  return {
    commandId,
    /** Registers a version, checked green unless said otherwise. */
    publish: async (
      version: string,
      given: { readonly platforms?: readonly Platform[]; readonly checks?: "green" | "red" | null } = {},
    ) => {
      const manifest = manifestOf(version, given.platforms ?? all_platforms);
      const state = given.checks === undefined ? "green" : given.checks;
      if (state !== null) {
        const tally = { green: state === "green" ? 20 : 19, total: 20 };
        const manifestSha256 = sha256Of(Buffer.from(manifest));
        checks.set(version, { state, tally, run: "chk", manifestSha256, endedAt: clock.now() });
      }
      const signature = signed("manifest", manifest);
      return service.registerVersion({ manifest, signature, adopt: false });
    },
    /** Starts a rollout of a version on all platforms (or those named), with stages of an hour each. */
    start: async (
      version: string,
      given: { readonly platforms?: readonly Platform[]; readonly shares?: readonly number[] } = {},
    ): Promise<string> => {
      const shares = given.shares ?? [0.01, 0.05, 0.2, 0.5, 1];
      const started = await service.start(priya, {
        commandId: commandId(),
        version,
        platforms: [...(given.platforms ?? all_platforms)],
        stages: shares.map((share) => ({ share, minutes: 60, marginPoints: 3 })),
      });
      return valueOf(started).rollout ?? "";
    },
    /** A button of the rollout's page, pressed as it stands now. */
    press: async (rolloutId: string, verb: RolloutVerb, by = priya, on = service) => {
      const { state: expectedState = "running", stage: expectedStage = 0 } = (await on.find(rolloutId)) ?? {};
      const expected = { expectedState, expectedStage } as const;
      return on.command({ by, rolloutId, verb, command: { commandId: commandId() }, expected });
    },
    /** Both signatures of an approval. */
    signBoth: async (approvalId: string, first = priya, second = tom) => {
      const given = { approvalId, ceremonyId: "apc", credential: {} as never, reason: null };
      valueOf(await service.sign(first, given));
      return service.sign(second, given);
    },
    /** Installations, evenly on the platforms. */
    people: (count: number, version = "1.0.0") =>
      service.seeDevices(
        Array.from({ length: count }, (_one, index) => ({
          installation: `ins_${String(index).padStart(22, "0")}`,
          platform: all_platforms[index % 3] ?? "web",
          version,
          at: clock.now(),
        })),
      ),
  };
}

/** Everything that a test of rollouts stands on: a database, a clock, a bank that listens. */
export async function createScene(options: { readonly isProduction?: boolean } = {}) {
  const modules = [staffMigrations, rolloutsMigrations];
  const made = await createTestDatabase({ modules, role: "mainstay_control" });
  const outside = createOutside();
  const processes = createProcesses(made, outside, options.isProduction ?? false);
  const service = processes.open();
  return {
    ...made,
    ...outside,
    ...processes,
    ...createHands(service, outside),
    service,
    manifestOf,
    sign: signed,
  };
}
export type Scene = Awaited<ReturnType<typeof createScene>>;
