import { isDeepStrictEqual } from "node:util";
import { err, ok, type Clock, type Random, type Result } from "@mainstay/kernel";
import type { Database } from "@mainstay/platform";
import type { CheckMatrix, CheckRun, ChecksTally } from "@mainstay/wire";
import { createDemandedChecks, type DemandedChecks } from "./demanded.ts";
import type { ChecksProblem } from "./errors.ts";
import { isCoherent, tallyOf } from "./rules.ts";
import { findCells, findLatestRuns, findRun, insertRun } from "./store.ts";
import type { ChecksTables } from "./tables.ts";

/** What a version's latest run came to. */
export type VersionChecks = {
  readonly state: "green" | "red";
  readonly tally: ChecksTally;
  readonly run: string;
  /** SHA-256 of the manifest that was checked, in base64. */
  readonly manifestSha256: string;
  readonly endedAt: Date;
};

/** What rollouts, reviews of incidents and the console ask of checks. */
export type ChecksService = DemandedChecks & {
  /** Keeps a run that has come to its end. The same run again changes nothing. */
  readonly takeRun: (run: CheckRun) => Promise<Result<{ isNew: boolean }, ChecksProblem>>;
  /** The latest run of a version; null where it was never checked. */
  readonly checksOf: (version: string) => Promise<VersionChecks | null>;
  /** The same for every version that was ever checked. */
  readonly checksOfAll: () => Promise<ReadonlyMap<string, VersionChecks>>;
  /** The matrix of a version's latest run, for the console; an override isn't known here. */
  readonly matrixOf: (version: string) => Promise<Omit<CheckMatrix, "override">>;
};

type KeptRun = Awaited<ReturnType<typeof findLatestRuns>>[number];

function versionChecksOf({ run, tally }: KeptRun): VersionChecks {
  return {
    state: tally.green === tally.total ? "green" : "red",
    tally,
    run: run.id,
    manifestSha256: run.manifestSha256,
    endedAt: new Date(run.endedAt),
  };
}

/** Makes the service over control's database. */
export function createChecksService(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
}): ChecksService {
  const db = deps.database.sql.withTables<ChecksTables>();

  async function takeRun(run: CheckRun): Promise<Result<{ isNew: boolean }, ChecksProblem>> {
    if (!isCoherent(run)) return err("check_run_invalid");
    if (await insertRun(db, run, tallyOf(run), deps.clock.now())) return ok({ isNew: true });
    const known = await findRun(db, run.id);
    const cells = await findCells(db, run.id);
    const isSame = isDeepStrictEqual({ ...known?.run, cells }, { ...run });
    return isSame ? ok({ isNew: false }) : err("check_run_conflict");
  }

  async function matrixOf(version: string): Promise<Omit<CheckMatrix, "override">> {
    const [latest] = await findLatestRuns(db, version);
    if (latest === undefined) return { version, run: null, cells: [] };
    const { id, startedAt, endedAt, servers, browser } = latest.run;
    const cells = await findCells(db, id);
    return {
      version,
      run: { id, startedAt, endedAt, servers, browser, ...latest.tally },
      // Where pictures lie concerns the machine that checked.
      cells: cells.map(({ picture: _picture, ...cell }) => cell),
    };
  }

  return {
    ...createDemandedChecks({ ...deps, db }),
    takeRun,
    checksOf: async (version) => {
      const [latest] = await findLatestRuns(db, version);
      return latest === undefined ? null : versionChecksOf(latest);
    },
    checksOfAll: async () => {
      const runs = await findLatestRuns(db, null);
      return new Map(runs.map((kept) => [kept.run.candidate, versionChecksOf(kept)]));
    },
    matrixOf,
  };
}
