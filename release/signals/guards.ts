import {
  createLoginGuard,
  restoreLoginGuard,
  type LoginGuard,
  type LoginGuardOptions,
  type Verdict,
} from "@mainstay/guard";
import type { RolloutVerdict } from "@mainstay/wire";
import type { Ended } from "./rules.ts";
import type { Comparison } from "./types.ts";

/**
 * One guard for log-ins, and one for each of the two comparisons on the client's word. Their alphas add up to
 * the rollout's 0.001 (Bonferroni): P(any of them rolls back a version that is no worse) is at most that.
 */
const guard_options = {
  logins: { alpha: 0.0008 },
  boots: { alpha: 0.0001 },
  // Many look at the log-in and leave; that isn't an outage.
  offers: { alpha: 0.0001, usualFailing_max: 0.49 },
} as const satisfies Record<string, LoginGuardOptions>;

/** The evidence of log-ins at which a version is rolled back: ln(1/alpha). */
export const logins_threshold = -Math.log(guard_options.logins.alpha);

export type GuardName = keyof typeof guard_options;
export const guard_names = ["logins", "boots", "offers"] as const satisfies readonly GuardName[];

/** A rollout's three guards. */
export type Guards = Readonly<Record<GuardName, LoginGuard>>;

/** Which guard judges a comparison. */
export const guard_of: Readonly<Record<Comparison, GuardName>> = {
  first: "logins",
  later: "logins",
  boot: "boots",
  offer: "offers",
};

/** Goes on where the guards were whose states these are; a guard without a state begins anew. */
export function restoreGuards(states: Readonly<Partial<Record<GuardName, unknown>>>): Guards {
  const guardOf = (name: GuardName) =>
    states[name] === undefined ? createLoginGuard(guard_options[name]) : restoreLoginGuard(states[name]);
  return { logins: guardOf("logins"), boots: guardOf("boots"), offers: guardOf("offers") };
}

/** What the guard knows of a group: its finest, as `LoginGuard` wants it written. */
export type Cell = Pick<Ended, "comparison" | "platform" | "os" | "way" | "proven">;

/**
 * The name of a group for the guard. Installations that have never logged in, or are one too many of their
 * customer, are in one that may only pause.
 */
export function segmentOf(cell: Cell): string {
  const isLogin = cell.comparison === "first" || cell.comparison === "later";
  const parts = [
    cell.proven ? `platform=${cell.platform}` : "installation=unproven",
    `os=${cell.os}`,
    ...(cell.proven ? ["device=returning"] : []),
    ...(isLogin ? [`way=${cell.way ?? "unknown"}`] : []),
    ...(isLogin && cell.proven ? [`visit=${cell.comparison}`] : []),
  ];
  return parts.join(",");
}

/** Hands an outcome to the guard that judges it. */
export function observe(guards: Guards, ended: Ended): void {
  guards[guard_of[ended.comparison]].observe({
    arm: ended.arm,
    segment: segmentOf(ended),
    succeeded: ended.outcome === "succeeded" ? 1 : 0,
    failed: ended.outcome === "failed" ? 1 : 0,
  });
}

/**
 * What the three say together: roll back when any does; hold when log-ins say so, or when unproven
 * installations fail in any comparison. That log-ins begin seldom or apps boot slowly in both arms holds
 * nothing: only log-ins tell of an outage. Bounds are of log-ins.
 */
export function jointVerdict(guards: Guards, at: Date): RolloutVerdict {
  const verdicts = guard_names.map((name) => ({ name, verdict: guards[name].verdict() }));
  const { logins } = guards;
  const ofLogins = logins.verdict();
  const alarm = verdicts.find(({ verdict }) => verdict.kind === "roll-back");
  const pause = verdicts.find(({ verdict }) => verdict.reason === "unproven-installations-fail");
  const said = alarm?.verdict ?? (ofLogins.kind === "hold" ? ofLogins : (pause?.verdict ?? ofLogins));
  const speaker = verdicts.find(({ verdict }) => verdict === said)?.name ?? "logins";
  const counts = guards[alarm?.name ?? "logins"].report();
  return {
    kind: said.kind,
    logEvidence: said.logEvidence,
    threshold: said.threshold,
    reason: said.reason ?? null,
    segment: nameOfSegment(speaker, said),
    worseByLessThanPoints: ofLogins.worseByLessThan_points ?? null,
    waitsForStable: ofLogins.waitsForStable,
    candidate: armOf(counts.candidate),
    stable: armOf(counts.stable),
    at: at.toISOString(),
  };
}

function nameOfSegment(guard: GuardName, verdict: Verdict): string {
  return guard === "logins" ? verdict.segment : `${guard}:${verdict.segment}`;
}

function armOf(counts: { readonly succeeded: number; readonly failed: number }) {
  return { n: counts.succeeded + counts.failed, failed: counts.failed };
}

/** Whether something follows from the change: not the evidence alone, but what is said. */
export function saysOther(former: RolloutVerdict | null, now: RolloutVerdict): boolean {
  return (
    former === null ||
    former.kind !== now.kind ||
    former.reason !== now.reason ||
    former.worseByLessThanPoints !== now.worseByLessThanPoints
  );
}
