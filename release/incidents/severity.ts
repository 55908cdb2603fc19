/** What a machine opens an incident for. */
export type MachineCause =
  | "rolled-back"
  | "both-arms-fail"
  | "unproven-installations-fail"
  | "called"
  | "probe-stable"
  | "probe-candidate"
  | "ledger";

/**
 * How bad it is taken to be until a person has looked; 1 is the worst. What everybody has comes before what
 * some have; money before all.
 */
export const first_severity: Readonly<Record<MachineCause, number>> = {
  ledger: 1,
  "both-arms-fail": 1,
  "probe-stable": 1,
  called: 2,
  "rolled-back": 3,
  "probe-candidate": 3,
  "unproven-installations-fail": 4,
};
