import type {
  Approvals,
  Approval,
  AuthenticationResponse,
  BundleManifest,
  CheckMatrix,
  Plan,
  Platform,
  PutPlatform,
  Release,
  Releases,
  RequestOptions,
  Rollout,
  RolloutCommand,
  RolloutEvent,
  RolloutState,
  RolloutVerdict,
  StartRollout,
} from "@mainstay/wire";
import { ok } from "@mainstay/kernel";
import { createChanges, type Changes } from "@mainstay/platform";
import type { StaffMember } from "@mainstay/staff";
import {
  type NumberedEvent,
  insertEvent,
  selectEvents,
  selectEventsAfter,
  selectHistory,
} from "./event-store.ts";
import { approvalToJson } from "./approvals.ts";
import { findApproval, findOverride, selectApprovals } from "./approval-store.ts";
import type { BankPort } from "./bank-port.ts";
import * as commands from "./commands.ts";
import { eventToJson } from "./console-json.ts";
import type { Context, RolloutsDeps } from "./context.ts";
import { startJobs, turn } from "./jobs.ts";
import { createPeopleCount } from "./people.ts";
import { readPlan, waitForPlan } from "./plan.ts";
import * as platforms from "./platforms.ts";
import { protocolsNeeded, versions_max, type ProtocolNeed } from "./protocols.ts";
import * as reads from "./reads.ts";
import * as signing from "./signing.ts";
import { start } from "./start.ts";
import * as store from "./store.ts";
import type { RolloutTables } from "./tables.ts";
import type { Actor, Answer, Commanded, RolloutRecord } from "./types.ts";
import * as verdicts from "./verdicts.ts";
import * as versionStore from "./version-store.ts";
import * as versions from "./versions.ts";

/** The most approvals that are shown at once. */
const approvals_shown_max = 100;

/** A version as it was published. */
export type Publication = { readonly manifest: BundleManifest; readonly registeredAt: Date };

/** Who only reads. */
const nobody: reads.Viewer = { id: "", mayAct: false };

/** What of a rollout somebody tells who watches it, for the timeline. */
export type ToldEvent = {
  readonly kind: Extract<RolloutEvent["kind"], "first-failure" | "last-switched">;
  readonly at: Date;
  readonly by: Actor;
  readonly people: number | null;
  readonly details: Readonly<Record<string, unknown>>;
};

/**
 * Rollouts, the versions that they are of, and the approvals that they take. Whoever gives a command of a
 * member of staff has checked their role.
 */
export type RolloutsService = {
  readonly registerVersion: (
    given: Parameters<typeof versions.registerVersion>[1],
  ) => ReturnType<typeof versions.registerVersion>;
  readonly withdraw: (given: Parameters<typeof versions.withdraw>[1]) => ReturnType<typeof versions.withdraw>;
  readonly overrideChecks: (
    by: StaffMember,
    given: Parameters<typeof versions.overrideChecks>[2],
  ) => Answer<Commanded>;
  readonly start: (by: StaffMember, request: StartRollout) => Answer<Commanded>;
  /** A person's command; `expected` is null for an operator at the machine. */
  readonly command: (given: {
    readonly by: Actor;
    readonly rolloutId: string;
    readonly verb: commands.RolloutVerb;
    readonly command: Pick<RolloutCommand, "commandId" | "reason">;
    readonly expected: Pick<RolloutCommand, "expectedState" | "expectedStage"> | null;
  }) => Answer<Commanded>;
  readonly putPlatform: (by: StaffMember, platform: Platform, put: PutPlatform) => Answer<Commanded>;
  readonly rollBackStable: (
    by: Actor,
    given: Parameters<typeof platforms.rollBackStable>[2],
  ) => Answer<Commanded>;
  /** The guard's latest word; told as often as one likes. */
  readonly noteVerdict: (rolloutId: string, verdict: RolloutVerdict) => Answer<RolloutState>;
  /** Takes a version back without a command: the guard's alarm. Told twice, it is done once. */
  readonly rollBackByGuard: (rolloutId: string, verdict: RolloutVerdict) => Answer<RolloutState>;
  readonly callPerson: (rolloutId: string, why: string) => Answer<null>;
  /** Writes what happens once in a rollout's timeline; the second time changes nothing. */
  readonly recordEvent: (rolloutId: string, event: ToldEvent) => Promise<void>;
  /** Keeps which version installations were seen on. */
  readonly seeDevices: (seen: readonly versionStore.SeenDevice[]) => Promise<void>;
  readonly find: (rolloutId: string) => Promise<RolloutRecord | null>;
  /** The rollout under way on a platform, or else the latest one there. */
  readonly latestOn: (platform: Platform) => Promise<RolloutRecord | null>;
  readonly activeRollouts: () => Promise<readonly RolloutRecord[]>;
  readonly latestRollouts: () => Promise<readonly RolloutRecord[]>;
  /** Finished ones whose version is stable now. */
  readonly settledRollouts: () => Promise<readonly RolloutRecord[]>;
  readonly knownVersions: () => Promise<readonly versionStore.KnownVersion[]>;
  readonly eventsOf: (rolloutId: string) => Promise<readonly RolloutEvent[]>;
  /** The same with their numbers, as `eventsAfter` gives them. */
  readonly historyOf: (rolloutId: string) => Promise<readonly NumberedEvent[]>;
  /** Events of all rollouts whose number is above one, in the order in which they were committed. */
  readonly eventsAfter: (number: bigint, limit: number) => Promise<readonly NumberedEvent[]>;
  /** What was signed as a version, and when it was registered; null for one that nobody has published. */
  readonly publicationOf: (version: string) => Promise<Publication | null>;
  /** The approval by which a version went on against its checks; null where there is none. */
  readonly overrideOf: (version: string) => Promise<Approval | null>;
  readonly plan: () => Promise<Plan>;
  /**
   * A plan newer than `after` as soon as there is one; after 20 s, or when `signal` ends it, the one there
   * is.
   */
  readonly waitForPlan: (after: number, signal: AbortSignal) => Promise<Plan>;
  /** Calls back at every change, of whichever process, until the answer is called. */
  readonly listen: Changes["listen"];
  /** Aborted when the service stops. */
  readonly stopped: AbortSignal;
  readonly protocolsNeeded: () => Promise<readonly ProtocolNeed[]>;
  readonly approvals: (viewer: reads.Viewer) => Promise<Approvals>;
  readonly approval: (id: string, viewer: reads.Viewer) => Promise<Approval | null>;
  readonly signOptions: (
    staff: StaffMember,
    approvalId: string,
  ) => Answer<{ id: string; options: RequestOptions; expiresAt: Date }>;
  readonly sign: (
    staff: StaffMember,
    given: {
      readonly approvalId: string;
      readonly ceremonyId: string;
      readonly credential: AuthenticationResponse;
      readonly reason: string | null;
    },
  ) => Answer<Approval>;
  readonly decline: (
    staff: StaffMember,
    given: { readonly approvalId: string; readonly reason: string | null },
  ) => Answer<Approval>;
  readonly readReleases: (signals: reads.SignalsPort) => Promise<Releases>;
  readonly readRelease: (given: Parameters<typeof reads.readRelease>[1]) => Answer<Release>;
  readonly readMatrix: (given: Parameters<typeof reads.readMatrix>[1]) => Promise<CheckMatrix>;
  readonly readRollout: (given: Parameters<typeof reads.readRollout>[1]) => Answer<Rollout>;
  readonly readPlatforms: () => Promise<Pick<Releases, "platforms">>;
  /** Does once what time and the bank are owed by now; `startJobs` does it by itself. */
  readonly turn: (bank: BankPort) => Promise<number>;
  readonly startJobs: (bank: BankPort) => { readonly stop: () => Promise<void> };
  readonly stop: () => Promise<void>;
};

/** Makes the service over control's database. Any number of processes may have one. */
export function createRolloutsService(deps: RolloutsDeps): RolloutsService {
  const { clock } = deps;
  const db = deps.database.sql.withTables<RolloutTables>();
  const context: Context = { ...deps, db, people: createPeopleCount(db, clock) };
  const changes = createChanges({ ...deps, channel: store.changes_channel });
  const first = async (filter: store.RolloutFilter) => (await store.selectRollouts(db, filter))[0] ?? null;
  return {
    ...commandsOf(context),
    ...signaturesOf(context),
    find: async (rolloutId) => (await store.findRollout(db, rolloutId)) ?? null,
    latestOn: async (platform) =>
      (await first({ platform, isActive: true, limit: 1 })) ?? (await first({ platform, limit: 1 })),
    activeRollouts: () => store.selectRollouts(db, { isActive: true, limit: 3 }),
    latestRollouts: () => store.selectRollouts(db, { limit: reads.rollouts_shown_max }),
    settledRollouts: async () => {
      const rows = await store.selectPlatforms(db);
      const finished = await store.selectRollouts(db, { isFinished: true, limit: reads.rollouts_shown_max });
      return finished.filter(({ version, targets }) =>
        targets.every(({ platform }) => store.platformOf(rows, platform).stable === version),
      );
    },
    knownVersions: () => versionStore.selectVersions(db, versions_max),
    historyOf: (rolloutId) => selectHistory(db, rolloutId, reads.events_shown_max),
    eventsAfter: (number, limit) => selectEventsAfter(db, number, limit),
    publicationOf: async (version) => {
      const row = await versionStore.findVersion(db, version);
      if (!row) return null;
      return { manifest: JSON.parse(row.manifest) as BundleManifest, registeredAt: row.registered_at };
    },
    overrideOf: async (version) => {
      const row = await findOverride(db, version);
      return row ? approvalToJson(row, nobody, clock.now()) : null;
    },
    eventsOf: async (rolloutId) =>
      (await selectEvents(db, rolloutId, reads.events_shown_max)).map(eventToJson),
    plan: () => readPlan(db),
    waitForPlan: (after, signal) => waitForPlan({ db, changes }, after, signal),
    listen: changes.listen,
    stopped: changes.stopped,
    protocolsNeeded: () => protocolsNeeded(db, clock.now()),
    readReleases: (signals) => reads.readReleases(context, signals),
    readRelease: (given) => reads.readRelease(context, given),
    readMatrix: (given) => reads.readMatrix(context, given),
    readRollout: (given) => reads.readRollout(context, given),
    readPlatforms: () => reads.readPlatforms(context),
    turn: (bank) => turn(context, bank),
    startJobs: (bank) => startJobs(context, { bank, changes }),
    stop: changes.stop,
  };
}

function commandsOf(context: Context) {
  const { db } = context;
  return {
    registerVersion: (given) => versions.registerVersion(context, given),
    withdraw: (given) => versions.withdraw(context, given),
    overrideChecks: (by, given) => versions.overrideChecks(context, by, given),
    start: (by, request) => start(context, by, request),
    command: (given) => commands.command(context, given),
    putPlatform: (by, platform, put) => platforms.putPlatform(context, by, { platform, put }),
    rollBackStable: (by, given) => platforms.rollBackStable(context, by, given),
    noteVerdict: (rolloutId, verdict) => verdicts.noteVerdict(context, rolloutId, verdict),
    rollBackByGuard: (rolloutId, verdict) => verdicts.rollBackByGuard(context, rolloutId, verdict),
    callPerson: (rolloutId, why) => verdicts.callPerson(context, rolloutId, why),
    recordEvent: async (rolloutId, event) => {
      const told = { ...event, rolloutId, share: null, reason: null, happening: event.kind };
      await db.transaction().execute(async (trx) => {
        if (await insertEvent(trx, told)) await store.notifyChange(trx, rolloutId);
      });
    },
    seeDevices: async (seen) => {
      await versionStore.upsertDevices(db, seen);
    },
  } satisfies Partial<RolloutsService>;
}

function signaturesOf(context: Context) {
  const { db, clock } = context;
  const seenBy = (staff: StaffMember): reads.Viewer => ({ id: staff.id, mayAct: true });
  return {
    approvals: async (viewer) => {
      const rows = await selectApprovals(db, approvals_shown_max);
      const approvals = rows.map((row) => approvalToJson(row, viewer, clock.now()));
      const waiting = approvals.filter(({ state }) => state === "waiting").length;
      return { approvals, waiting };
    },
    approval: async (id, viewer) => {
      const row = await findApproval(db, id);
      return row ? approvalToJson(row, viewer, clock.now()) : null;
    },
    signOptions: (staff, approvalId) => signing.signOptions(context, staff, approvalId),
    sign: async (staff, given) => {
      const signed = await signing.sign(context, staff, given);
      return signed.ok ? ok(approvalToJson(signed.value, seenBy(staff), clock.now())) : signed;
    },
    decline: async (staff, given) => {
      const declined = await signing.decline(context, staff, given);
      return declined.ok ? ok(approvalToJson(declined.value, seenBy(staff), clock.now())) : declined;
    },
  } satisfies Partial<RolloutsService>;
}
