import { createDatabase, createHttpServer, createLogger } from "@mainstay/platform";
import { createTestDatabase, fakeClock, seededRandom } from "@mainstay/testkit";
import { check_journeys, edge_secret_header, type CheckJourney, type CheckRun } from "@mainstay/wire";
import { afterAll, describe, expect, test } from "vitest";
import { addCheckRoutes, checksMigrations, createChecksService } from "./index.ts";

const edgeSecret = "an edge's secret of thirty-two characters";
const database = await createTestDatabase({ modules: [checksMigrations], role: "mainstay_control" });
const db = createDatabase({ url: database.url, connections_max: 4, applicationName: "checks-test" });
const clock = fakeClock("2026-11-22T12:00:00.000Z");
const checks = createChecksService({ database: db, clock, random: seededRandom(1) });
const log = createLogger({ name: "checks-test", level: "silent" });
const server = await createHttpServer({ name: "checks-test", log, ready: {} });
addCheckRoutes(server, { checks, edgeSecret });

afterAll(async () => {
  await server.close();
  await db.close();
  await database.drop();
});

type Cell = CheckRun["cells"][number];
let runs = 0;

function cellOf(journey: CheckJourney, version: string): Cell {
  return {
    ...{ version, protocol: "login/2", server: "now", journey, title: `The journey ${journey}` },
    ...{ result: "passed", ms: 1_200, reason: null, picture: null },
    steps: [{ title: "logs in", passed: true, ms: 400, note: null }],
  };
}

/** A run of a version: green, but for what a test says. */
function runOf(version: string, change: Partial<CheckRun> = {}): CheckRun {
  runs += 1;
  return {
    id: `chk_${String(runs).padStart(22, "0")}`,
    candidate: version,
    manifestSha256: "l8tFrhx+34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs=",
    stable: "1.3.0",
    startedAt: "2026-11-22T11:58:00.000Z",
    endedAt: "2026-11-22T11:59:00.000Z",
    servers: { now: "http://localhost:8080", next: null },
    browser: "Chromium 153",
    cells: check_journeys.map((journey) => cellOf(journey, version)),
    ...change,
  };
}

const failing = (version: string, journey: CheckJourney): Cell => ({
  ...cellOf(journey, version),
  ...{ result: "failed", reason: "client_proof_invalid", picture: "checks/log-in.png" },
  steps: [{ title: "logs in", passed: false, ms: 900, note: "the server answered 401" }],
});

const post = (run: unknown, secret = edgeSecret) =>
  server.inject({
    method: "POST",
    url: "/internal/checks",
    headers: { [edge_secret_header]: secret },
    payload: run as object,
  });

const get = (secret = edgeSecret) =>
  server.inject({
    method: "GET",
    url: "/internal/demanded-checks",
    headers: { [edge_secret_header]: secret },
  });

test("a version that was never checked has no checks", async () => {
  expect(await checks.checksOf("1.0.0")).toBeNull();
  expect(await checks.matrixOf("1.0.0")).toEqual({ version: "1.0.0", run: null, cells: [] });
});

test("a run is kept whole, and its matrix is what the console shows", async () => {
  const run = runOf("1.4.0");
  expect((await post(run)).json()).toEqual({ isNew: true });
  expect(await checks.checksOf("1.4.0")).toEqual({
    state: "green",
    tally: { green: 10, total: 10 },
    run: run.id,
    manifestSha256: run.manifestSha256,
    endedAt: new Date(run.endedAt),
  });
  const { run: shown, cells } = await checks.matrixOf("1.4.0");
  expect(shown).toMatchObject({ id: run.id, green: 10, total: 10, servers: { next: null } });
  expect(cells.map(({ journey }) => journey)).toEqual([...check_journeys]);
  expect(cells[0]).not.toHaveProperty("picture");
});

test("one red cell makes the version red; the latest run counts", async () => {
  const cells = runOf("1.5.0").cells.filter(({ journey }) => journey !== "log-in-clock-off");
  await post(runOf("1.5.0"));
  clock.advance(1_000);
  await post(runOf("1.5.0", { cells: [...cells, failing("1.5.0", "log-in-clock-off")] }));
  expect(await checks.checksOf("1.5.0")).toMatchObject({ state: "red", tally: { green: 9, total: 10 } });
  const { cells: kept } = await checks.matrixOf("1.5.0");
  expect(kept.find(({ result }) => result === "failed")).toMatchObject({
    reason: "client_proof_invalid",
    steps: [{ passed: false, note: "the server answered 401" }],
  });
  expect([...(await checks.checksOfAll()).keys()].toSorted()).toEqual(["1.4.0", "1.5.0"]);
});

test("what a run says nothing of is red", async () => {
  const [register] = runOf("1.6.0").cells;
  await post(runOf("1.6.0", { cells: register === undefined ? [] : [register] }));
  expect(await checks.checksOf("1.6.0")).toMatchObject({ state: "red", tally: { green: 1, total: 10 } });
});

test("only what needs an older version may be skipped, and only where none is live", async () => {
  const skipping = (version: string, skipped: readonly string[]): Cell[] =>
    runOf(version).cells.map((cell) =>
      skipped.includes(cell.journey) ? { ...cell, result: "skipped", reason: "nothing_older" } : cell,
    );
  const older = ["log-in-old-passkey-returning", "log-in-old-passkey-fresh", "update", "back-again"];
  await post(runOf("1.7.0", { stable: null, cells: skipping("1.7.0", older) }));
  expect(await checks.checksOf("1.7.0")).toMatchObject({ state: "green", tally: { green: 6, total: 6 } });
  await post(runOf("1.7.1", { cells: skipping("1.7.1", older) }));
  expect(await checks.checksOf("1.7.1")).toMatchObject({ state: "red" });
  await post(runOf("1.7.2", { stable: null, cells: skipping("1.7.2", ["recover"]) }));
  expect(await checks.checksOf("1.7.2")).toMatchObject({ state: "red" });
});

test("the next server's red cells, of a version that customers are on, count too", async () => {
  const next: Cell = { ...failing("1.3.0", "recover"), server: "next" };
  const run = runOf("1.8.0");
  await post({ ...run, cells: [...run.cells, next] });
  expect(await checks.checksOf("1.8.0")).toMatchObject({ state: "red", tally: { green: 10, total: 11 } });
});

test("the same run again changes nothing; another under its id is refused", async () => {
  const run = runOf("1.9.0");
  await post(run);
  expect((await post(run)).json()).toEqual({ isNew: false });
  const other = { ...run, cells: [failing("1.9.0", "register"), ...run.cells.slice(1)] };
  const refused = await post(other);
  expect([refused.statusCode, refused.json().code]).toEqual([409, "check_run_conflict"]);
  expect(await checks.checksOf("1.9.0")).toMatchObject({ state: "green" });
});

test.each([
  ["of another version alone", (run: CheckRun) => ({ ...run, candidate: "9.9.9" })],
  ["with a cell twice", (run: CheckRun) => ({ ...run, cells: [...run.cells, ...run.cells.slice(0, 1)] })],
])("a run %s is refused, and nothing is kept", async (_what, spoil) => {
  const refused = await post(spoil(runOf("2.0.0")));
  expect([refused.statusCode, refused.json().code]).toEqual([422, "check_run_invalid"]);
  expect(await checks.checksOf("2.0.0")).toBeNull();
});

test("a run that isn't one, and one without the secret, get nothing", async () => {
  expect((await post({ ...runOf("2.1.0"), green: 10 })).json().code).toBe("bad_request");
  expect((await post(runOf("2.1.0"), "a guess")).statusCode).toBe(404);
  expect(await checks.checksOf("2.1.0")).toBeNull();
});

test("the process can't change what was kept", async () => {
  await expect(db.pool.query("UPDATE checks.runs SET green = total")).rejects.toThrow("permission denied");
  await expect(db.pool.query("DELETE FROM checks.cells")).rejects.toThrow("permission denied");
});

describe("what an incident demands", () => {
  const incident = { id: "inc_0000000000000000000041", number: "INC-0041" };
  const by = { id: "staff_1", name: "Amara Cole" };
  const demandOf = (journey: CheckJourney) => ({
    ...{ incident, journey, title: `The journey ${journey}`, failedOn: "2.9.0", by },
  });
  const manifestSha256 = runOf("3.0.0").manifestSha256;
  const unmet = async (version: string, sha256 = manifestSha256) =>
    (await checks.unmetDemands({ version, manifestSha256: sha256 })).map(({ journey }) => journey);
  const only = (version: string, cell: Cell, change: Partial<CheckRun> = {}) =>
    runOf(version, { cells: [cell], purpose: "demanded", ...change });

  test("is nothing until a review demands it; demanded twice, it is one", async () => {
    expect((await get()).json()).toEqual({ demanded: [] });
    expect(await unmet("3.0.0")).toEqual([]);
    const first = await checks.demand(db.sql, demandOf("log-in-clock-off"));
    expect(await checks.demand(db.sql, demandOf("log-in-clock-off"))).toEqual(first);
    expect(await checks.demandsOf(incident.id)).toEqual([first]);
    const told = { journey: "log-in-clock-off", title: "The journey log-in-clock-off", incident: "INC-0041" };
    expect((await get()).json()).toEqual({ demanded: [told] });
    expect((await get("a guess")).statusCode).toBe(404);
  });

  test("is met by a green result for these very bytes alone, and the latest counts", async () => {
    expect(await unmet("3.0.0")).toEqual(["log-in-clock-off"]);
    await post(only("3.0.0", failing("3.0.0", "log-in-clock-off")));
    expect(await unmet("3.0.0")).toEqual(["log-in-clock-off"]);
    clock.advance(1_000);
    await post(only("3.0.0", cellOf("log-in-clock-off", "3.0.0")));
    expect(await unmet("3.0.0")).toEqual([]);
    expect(await unmet("3.0.0", "another manifest")).toEqual(["log-in-clock-off"]);
    expect(await unmet("3.1.0")).toEqual(["log-in-clock-off"]);
    clock.advance(1_000);
    await post(runOf("3.0.0", { cells: [failing("3.0.0", "log-in-clock-off")] }));
    expect(await unmet("3.0.0")).toEqual(["log-in-clock-off"]);
  });

  test("leaves the matrix as it was: a run of one journey isn't the version's", async () => {
    await post(only("3.2.0", cellOf("log-in-clock-off", "3.2.0")));
    expect(await checks.checksOf("3.2.0")).toBeNull();
    expect((await checks.matrixOf("3.2.0")).run).toBeNull();
  });

  test("may be skipped where no older version is there to come from, and nowhere else", async () => {
    await checks.demand(db.sql, demandOf("back-again"));
    const skipped: Cell = { ...cellOf("back-again", "3.3.0"), result: "skipped", reason: "nothing_older" };
    const cells = [cellOf("log-in-clock-off", "3.3.0"), skipped];
    await post(runOf("3.3.0", { cells, purpose: "demanded" }));
    expect(await unmet("3.3.0")).toEqual(["back-again"]);
    clock.advance(1_000);
    await post(runOf("3.3.0", { cells, purpose: "demanded", stable: null }));
    expect(await unmet("3.3.0")).toEqual([]);
  });

  test("is never taken away", async () => {
    for (const words of ["DELETE FROM checks.demanded", "UPDATE checks.demanded SET journey = 'update'"]) {
      await expect(db.pool.query(words)).rejects.toThrow("permission denied");
    }
  });
});
