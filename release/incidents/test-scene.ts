import { asId, newId, type Result } from "@mainstay/kernel";
import { createDatabase, createLogger } from "@mainstay/platform";
import type { NumberedEvent } from "@mainstay/rollouts";
import { createSignals, signalsMigrations, type RolloutsPort } from "@mainstay/signals";
import { staffMigrations, type StaffMember } from "@mainstay/staff";
import { createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import type { BundleManifest, Signal } from "@mainstay/wire";
import type { OutSpan } from "./context.ts";
import { createIncidents, incidentsMigrations, type Incidents } from "./index.ts";
import type { Refusal, Scope } from "./types.ts";

export const bad_version = "1.4.0";
export const good_version = "1.3.0";
export const rollout_id = `rol_${"r".repeat(22)}`;
export const noon = Date.parse("2026-11-22T12:00:00.000Z");

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

/** What a command was refused with; null where it wasn't. */
export async function codeOf(answer: Promise<Result<unknown, Refusal>>): Promise<string | null> {
  const result = await answer;
  return result.ok ? null : result.error.code;
}

/** The n-th installation. */
export function installationOf(n: number): string {
  return `ins_${String(n).padStart(22, "0")}`;
}

/** A signal of the n-th installation, on the bad version on iOS 27, at a second after noon. */
export function signalOf(
  kind: Signal["kind"],
  n: number,
  given: {
    readonly at: number;
    readonly over?: Partial<Signal>;
    readonly version?: string;
    readonly try?: number;
  },
): Signal {
  const { at: at_s, version = bad_version, over = {}, try: attempt = at_s } = given;
  const at = new Date(noon + at_s * 1_000).toISOString();
  const isLogIn = kind.startsWith("login-") && kind !== "login-offered";
  return {
    id: `${kind}:${n}:${attempt}`,
    kind,
    at,
    begunAt: at,
    attempt: isLogIn ? `attempt-${n}-${attempt}` : null,
    way: isLogIn ? "passkey" : null,
    protocol: isLogIn ? "login/2" : null,
    customer: isLogIn && kind !== "login-begun" ? `cus-${n}` : null,
    reason: kind === "login-failed" ? "user_handle_missing" : null,
    activation: {
      nonce: `nonce-of-${String(n).padStart(6, "0")}-${attempt}`,
      installation: installationOf(n),
      version,
      platform: "ios",
      os: "ios-27",
      rollout: null,
      arm: "none",
      device: "returning",
      customer: null,
      issuedAt: at,
    },
    ...over,
  };
}

const hash = "0".repeat(64);

function manifestOf(version: string): BundleManifest {
  return {
    version,
    platforms: ["ios", "android", "web"],
    summary: "Quicker start",
    loginProtocol: version === bad_version ? "login/2" : "login/1",
    api: { from: 1, to: 1 },
    minimumShell: null,
    entry: "main.js",
    preloads: [],
    styles: [],
    files: [
      { path: "main.js", sha256: hash, bytes: 5 },
      { path: "passkey.js", sha256: version === bad_version ? "1".repeat(64) : hash, bytes: 7 },
    ],
  };
}

/** Stands in for rollouts: one rollout of the bad version, and the events that a test adds. */
function fakeRollouts() {
  const events: NumberedEvent[] = [];
  const startedAt = new Date(noon);
  const record = {
    id: rollout_id,
    version: bad_version,
    startedAt,
    targets: [{ platform: "ios", goesBackTo: good_version, isActive: true }],
  };
  const tell = (kind: NumberedEvent["kind"], at_s: number, over: Partial<NumberedEvent> = {}) => {
    events.push({
      number: BigInt(events.length + 1),
      rollout_id,
      version: bad_version,
      at: new Date(noon + at_s * 1_000),
      kind,
      ...{ actor_id: "guard", actor_name: "The guard", share: 0.1, people: 26_840, reason: null },
      ...{ details: "{}", happening: null },
      ...over,
    });
  };
  return {
    events,
    tell,
    /** The guard's alarm and what follows from it. */
    rollBack: (at_s: number) => {
      const at = new Date(noon + at_s * 1_000).toISOString();
      const evidence = { logEvidence: 7.31, threshold: 6.9, segment: "visit=first,os=ios-27", at };
      tell("alarm", at_s, { details: JSON.stringify(evidence) });
      const goesBackTo = { ios: good_version };
      tell("rolled-back", at_s, { share: 0, details: JSON.stringify({ goesBackTo, evidence }) });
    },
    port: {
      eventsAfter: (number: bigint, limit: number) =>
        Promise.resolve(events.filter((event) => event.number > number).slice(0, limit)),
      historyOf: (id: string) => Promise.resolve(events.filter((event) => event.rollout_id === id)),
      find: (id: string) => Promise.resolve((id === rollout_id ? record : null) as never),
      latestRollouts: () => Promise.resolve([record] as never),
      knownVersions: () => Promise.resolve([{ version: bad_version }, { version: good_version }] as never),
      publicationOf: (version: string) =>
        Promise.resolve({ manifest: manifestOf(version), registeredAt: new Date(noon - 3_600_000) }),
      overrideOf: () => Promise.resolve(null),
    },
  };
}

/** What signals ask of rollouts: nothing is compared here. */
const no_rollouts: RolloutsPort = {
  find: () => Promise.resolve(null),
  latestOn: () => Promise.resolve(null),
  settled: () => Promise.resolve([]),
  knownVersions: () => Promise.resolve(new Set([bad_version, good_version])),
  seen: () => Promise.resolve(),
  noteVerdict: () => Promise.resolve(),
  rollBack: () => Promise.resolve(),
  firstFailed: () => Promise.resolve(),
  lastSwitched: () => Promise.resolve(),
  callPerson: () => Promise.resolve(),
};

/** Incidents over a database of their own, with real signals and rollouts that a test tells of. */
export async function createScene() {
  const modules = [staffMigrations, signalsMigrations, incidentsMigrations];
  const made = await createTestDatabase({ modules, role: "mainstay_control" });
  const database = createDatabase({ url: made.url, connections_max: 8, applicationName: "test" });
  const clock = fakeClock(new Date(noon + 60_000).toISOString());
  const random = seededRandom(5);
  const log = createLogger({ name: "test", level: "silent" });
  const rollouts = fakeRollouts();
  const signals = createSignals({ database, clock, log, rollouts: no_rollouts });
  const asked: { spans: readonly OutSpan[]; isAway: boolean } = { spans: [], isAway: false };
  const opened: Incidents[] = [];
  const another = (atStep?: (step: "read" | "written" | "committed") => void): Incidents => {
    const incidents = createIncidents({
      ...{ database, clock, random, log, rollouts: rollouts.port },
      signals: signals.reads,
      checks: { matrixOf: (version) => Promise.resolve({ version, run: null, cells: [] }) },
      paymentsDelayed: (spans) => {
        if (asked.isAway) return Promise.reject(new Error("away"));
        asked.spans = spans;
        return Promise.resolve(spans.length);
      },
      regulatorOf: () =>
        Promise.resolve({ thresholds: [], wouldBeMajor: false, classified: null, deadlines: [] }),
      ...(atStep === undefined ? {} : { atStep }),
    });
    opened.push(incidents);
    return incidents;
  };
  const incidents = another();
  const settle = async (on = incidents): Promise<void> => {
    while (await on.work());
  };
  const owner = createDatabase({ url: made.ownerUrl, connections_max: 1, applicationName: "owner" });
  const everything: Scope = {
    versions: [bad_version],
    platforms: [],
    components: ["log-in"],
    from: new Date(noon),
    until: null,
  };
  const commandId = () => newId("cmd", { clock, random });
  return {
    ...made,
    ...{ database, clock, random, rollouts, signals, asked, incidents, another, settle, commandId },
    deliver: (...some: readonly Signal[]) => signals.intake(some),
    /** Opens an incident as staff do; answers its id. */
    open: async (over: Partial<Scope> = {}, title = "Some people can’t log in"): Promise<string> =>
      valueOf(
        await incidents.open(priya, {
          ...{ commandId: commandId(), title, severity: 3 },
          scope: { ...everything, ...over },
        }),
      ),
    /** As if nothing had happened; what is open of the scene stays open. */
    reset: async (): Promise<void> => {
      await owner.pool.query("TRUNCATE incidents.incidents, signals.arrivals CASCADE");
      await owner.pool.query("TRUNCATE incidents.commands");
      await owner.pool.query("UPDATE incidents.register SET last_number = 0, events_read = 0");
      rollouts.events.length = 0;
      clock.set(new Date(noon + 60_000));
    },
    close: async () => {
      await owner.close();
      for (const one of opened) await one.stop();
      await database.close();
      await made.drop();
    },
  };
}
export type Scene = Awaited<ReturnType<typeof createScene>>;
