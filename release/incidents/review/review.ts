import type { Review } from "@mainstay/wire";
import { classify, noteReport } from "../regulator/regulator.ts";
import type { IncidentTables } from "../tables.ts";
import type { Actor, Answer } from "../types.ts";
import * as editing from "./editing.ts";
import { readRecorded, type ReviewContext, type ReviewDeps } from "./ports.ts";
import { readReview } from "./reading.ts";

type Given<T extends (context: ReviewContext, given: never) => unknown> = Parameters<T>[1];

/**
 * Reviews of incidents, and what regulators ask. Whoever gives a command of a member of staff has checked
 * their role; a command's id given again changes nothing.
 */
export type Reviews = {
  /** Null where there is no such incident. */
  readonly read: (incidentId: string) => Promise<Review | null>;
  readonly writeText: (given: Given<typeof editing.writeText>) => Answer<string>;
  readonly putAction: (given: Given<typeof editing.putAction>) => Answer<string>;
  readonly demandCheck: (given: Given<typeof editing.demandCheck>) => Answer<string>;
  readonly askReader: (given: Given<typeof editing.askReader>) => Answer<string>;
  readonly readThrough: (given: editing.Edit) => Answer<string>;
  readonly close: (given: editing.Edit) => Answer<string>;
  readonly classify: (by: Actor, given: Parameters<typeof classify>[2]) => Answer<string>;
  readonly noteReport: (by: Actor, given: Parameters<typeof noteReport>[2]) => Answer<string>;
};

/** Makes reviews over control's database. */
export function createReviews(deps: ReviewDeps): Reviews {
  const context: ReviewContext = { ...deps, db: deps.database.sql.withTables<IncidentTables>() };
  return {
    read: async (incidentId) => {
      const recorded = await readRecorded(deps, incidentId);
      return recorded === null ? null : readReview(context, recorded);
    },
    writeText: (given) => editing.writeText(context, given),
    putAction: (given) => editing.putAction(context, given),
    demandCheck: (given) => editing.demandCheck(context, given),
    askReader: (given) => editing.askReader(context, given),
    readThrough: (given) => editing.readThrough(context, given),
    close: (given) => editing.closeReview(context, given),
    classify: (by, given) => classify(context, by, given),
    noteReport: (by, given) => noteReport(context, by, given),
  };
}
