import { checksMigrations, createChecksService } from "@mainstay/checks";
import { newId, type Result } from "@mainstay/kernel";
import { createDatabase } from "@mainstay/platform";
import { staffMigrations } from "@mainstay/staff";
import { createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import {
  check_journeys,
  journey_titles,
  type CheckRun,
  type Incident,
  type Review,
  type StaffPeople,
} from "@mainstay/wire";
import { incidentsMigrations } from "../index.ts";
import { writeLine } from "../lines.ts";
import { createRegulator } from "../regulator/regulator.ts";
import { findIncident, selectLines } from "../store.ts";
import type { IncidentTables } from "../tables.ts";
import type { Refusal } from "../types.ts";
import { createReviews } from "./review.ts";

export const incident_id = "inc_0000000000000000000041";
const staffId = (digit: number): string => `staff_${String(digit).repeat(22)}`;
export const amara = { id: staffId(1), name: "Amara Cole" };
export const jonas = { id: staffId(2), name: "Jonas Lindqvist" };
export const priya = { id: staffId(3), name: "Priya Nair" };
/** Reads alone. */
export const ada = { id: staffId(4), name: "Ada Auditor" };
/** Was staff once. */
export const tom = { id: staffId(5), name: "Tom Okafor" };

const morning = (time: string): string => `2026-10-01T${time}.000Z`;
const times = { first: morning("07:41:12"), alarm: morning("07:53:09"), back: morning("08:31:50") };

function member(who: typeof amara, change: Partial<StaffPeople["people"][number]> = {}) {
  const seen = { joinedAt: times.first, lastSeenAt: times.first, endedAt: null };
  return { ...who, roles: ["release-manager" as const], ...seen, ...change };
}

/** A run of a version's checks in which some journeys are red. */
function runOf(version: string, red: readonly string[]): CheckRun {
  return {
    id: `chk_${"0".repeat(22)}`,
    candidate: version,
    manifestSha256: "l8tFrhx+34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs=",
    stable: "8.3.2",
    startedAt: times.first,
    endedAt: times.alarm,
    servers: { now: "http://localhost:8080", next: null },
    browser: "Chromium 153",
    cells: check_journeys.map((journey) => ({
      ...{ version, protocol: "login/2", server: "now", journey, title: journey_titles[journey] },
      ...{
        result: red.includes(journey) ? "failed" : "passed",
        ms: 900,
        reason: null,
        steps: [],
        picture: null,
      },
    })),
  };
}

const seconds = (count: number): number => count * 1_000;

/** What the record says of the incident, as its page has it. */
export const impact: Incident["impact"] = {
  ...{ people: 31, unknown: 2, backIn: 31, failedLogIns: 47, paymentsDelayed: 0 },
  ...{ medianOut_ms: seconds(340), longestOut_ms: seconds(2_659), totalOut_ms: seconds(11_000) },
  ...{ firstFailureToAlarm_ms: seconds(717), alarmToRollback_ms: 400 },
};
const line = (at: string, kind: string, title: string, detail: string | null = null) => ({
  ...{ at, kind, title, detail },
  actor: { id: "guard", name: "The guard" },
});
export const timeline: Incident["timeline"] = [
  line(times.first, "first-failure", "First failed log-in", "iOS 27, client_proof_invalid"),
  line(times.alarm, "alarm", "The guard’s alarm"),
  line(times.alarm, "rolled-back", "8.4.1 was taken back"),
  line(times.back, "last-back", "The last one is back in"),
];
export const cause: Incident["cause"] = {
  cells: [
    {
      ...{ version: "8.4.1", platform: "ios", os: "ios-27", protocol: "login/2" },
      ...{ reason: "client_proof_invalid", failed: 47, succeeded: 0 },
    },
  ],
  narrowed: "47 of 47 failures are with iOS 27 on 8.4.1.",
  difference: {
    ...{ from: "8.3.2", to: "8.4.1", loginProtocol: { from: "login/1", to: "login/2" } },
    ...{ added: ["assets/new.js"], removed: [], changed: [] },
  },
  redChecks: [],
  override: null,
};

/** Everything that a test of reviews stands on: a database, a clock, staff, an incident that is resolved. */
export async function createScene() {
  const made = await createTestDatabase({
    modules: [staffMigrations, checksMigrations, incidentsMigrations],
    role: "mainstay_control",
  });
  const database = createDatabase({ url: made.url, connections_max: 6, applicationName: "reviews-test" });
  const clock = fakeClock("2026-10-02T09:30:00.000Z");
  const random = seededRandom(4);
  const checks = createChecksService({ database, clock, random });
  const db = database.sql.withTables<IncidentTables>();
  await database.pool.query(
    `INSERT INTO incidents.incidents (
       id, number, title, state, severity, source, opened_at, opened_by_id, opened_by_name, resolved_at,
       scope_versions, scope_platforms, scope_components, scope_from, scope_until
     )
     VALUES ($1, 41, 'Log-in fails with iOS 27', 'resolved', 3, 'guard', $2, 'guard', 'The guard', $3,
       '{8.4.1}', '{ios}', '{log-in}', $4, $3)`,
    [incident_id, times.alarm, "2026-10-01T09:00:00.000Z", times.first],
  );
  const recorded = { impact, timeline, cause };
  const clients = () => Promise.resolve(26_840);
  const { regulatorOf } = createRegulator({ database, clock, clients });
  const reviews = createReviews({
    ...{ database, clock, random, checks, clients },
    incidents: {
      find: (id) => findIncident(db, id),
      // What reviews take of an incident's page is in it; its lists are read by others.
      readIncident: async (id) => {
        const incident = await findIncident(db, id);
        if (incident === null) return null;
        return { ...recorded, regulator: await regulatorOf(incident, impact) } as Incident;
      },
      recordIn: (trx, id, told) => writeLine({ trx }, id, told),
    },
    people: async () => [
      ...[member(amara), member(jonas), member(priya)],
      ...[member(ada, { roles: ["auditor"] }), member(tom, { endedAt: times.back })],
    ],
  });
  const commandId = () => newId("cmd", { clock, random });
  const edit = (by = amara) => ({ incidentId: incident_id, commandId: commandId(), by });
  return {
    database,
    clock,
    checks,
    reviews,
    commandId,
    edit,
    actionId: () => newId("act", { clock, random }),
    /** The failing version's checks, with some journeys red. */
    check: (red: readonly string[]) => checks.takeRun(runOf("8.4.1", red)),
    read: async (): Promise<Review> => {
      const review = await reviews.read(incident_id);
      if (review === null) throw new Error("there is no review");
      return review;
    },
    linesOf: async () => (await selectLines(db, incident_id, 100)).map(({ kind }) => kind),
    audited: async () =>
      (
        await database.pool.query<{ action: string }>("SELECT action FROM staff.audit ORDER BY number")
      ).rows.map(({ action }) => action),
    setState: (state: string) => database.pool.query("UPDATE incidents.incidents SET state = $1", [state]),
    close: async () => {
      await database.close();
      await made.drop();
    },
  };
}
export type Scene = Awaited<ReturnType<typeof createScene>>;

export function valueOf<T>(result: Result<T, Refusal>): T {
  if (result.ok) return result.value;
  throw new Error(`refused: ${result.error.code} ${result.error.detail ?? ""}`);
}
