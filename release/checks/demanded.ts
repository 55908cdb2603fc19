import type { QueryExecutorProvider } from "kysely";
import { newId, type Clock, type Random } from "@mainstay/kernel";
import type { CheckJourney, DemandedCheck, DemandedJourney } from "@mainstay/wire";
import { findDemandedJourneys, findDemandsOf, findLatestResults, insertDemand } from "./demanded-store.ts";
import { unmetOf } from "./rules.ts";
import type { ChecksDb } from "./store.ts";
import type { ChecksTables } from "./tables.ts";

/** What an incident has taught: a journey that every later version must pass. */
export type Demand = {
  /** The incident's id, and what people call it. */
  readonly incident: { readonly id: string; readonly number: string };
  readonly journey: CheckJourney;
  readonly title: string;
  /** The version on which it was red; null where no check had shown it. */
  readonly failedOn: string | null;
  readonly by: { readonly id: string; readonly name: string };
};

/** Demanded checks: asked for by reviews of incidents, enforced where versions are registered. */
export type DemandedChecks = {
  /**
   * Demands a journey of every later version, in the transaction of the review that asks. The same incident
   * and journey again is the same demand. There is no way back: a demand is never taken away.
   */
  readonly demand: (db: QueryExecutorProvider, demand: Demand) => Promise<DemandedCheck>;
  /** What an incident demands, the latest first. */
  readonly demandsOf: (incident: string) => Promise<readonly DemandedCheck[]>;
  /** Every journey that is demanded. */
  readonly demandedJourneys: () => Promise<readonly DemandedJourney[]>;
  /**
   * The demanded journeys in which these very bytes have no green result: nobody may get this version.
   * `manifestSha256` is in base64.
   */
  readonly unmetDemands: (checked: {
    readonly version: string;
    readonly manifestSha256: string;
  }) => Promise<readonly DemandedJourney[]>;
};

function demandToJson(row: ChecksTables["checks.demanded"]): DemandedCheck {
  const { id, incident, journey, title, failed_on: failedOn, demanded_at: demandedAt } = row;
  return { id, incident, journey, title, failedOn, demandedAt: demandedAt.toISOString() };
}

/** Makes the demanded checks over control's database. */
export function createDemandedChecks(deps: {
  readonly db: ChecksDb;
  readonly clock: Clock;
  readonly random: Random;
}): DemandedChecks {
  const { db, clock } = deps;
  return {
    demand: async (trx, { incident, journey, title, failedOn, by }) =>
      demandToJson(
        await insertDemand(trx, {
          id: newId("dmd", deps),
          incident: incident.id,
          incident_number: incident.number,
          ...{ journey, title, failed_on: failedOn },
          ...{ demanded_at: clock.now(), demanded_by: by.id, demanded_by_name: by.name },
        }),
      ),
    demandsOf: async (incident) => (await findDemandsOf(db, incident)).map(demandToJson),
    demandedJourneys: () => findDemandedJourneys(db),
    unmetDemands: async (checked) => {
      const demanded = await findDemandedJourneys(db);
      if (demanded.length === 0) return [];
      const journeys = demanded.map(({ journey }) => journey);
      return unmetOf(demanded, await findLatestResults(db, checked, journeys));
    },
  };
}
