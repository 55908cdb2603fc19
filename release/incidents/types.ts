import type { Result } from "@mainstay/kernel";
import type { Component, IncidentSource, IncidentState, Platform } from "@mainstay/wire";
import type { IncidentsProblem } from "./errors.ts";

/** Whoever does something: a member of staff, or one of those below. */
export type Actor = { readonly id: string; readonly name: string };
export const guard_actor: Actor = { id: "guard", name: "The guard" };
export const probe_actor: Actor = { id: "probes", name: "A probe" };
export const ledger_actor: Actor = { id: "ledger", name: "The ledger’s checker" };

/** An incident, as the table has it; its affected, timeline and cause are read apart. */
export type IncidentRecord = {
  readonly id: string;
  /** `INC-0041`. */
  readonly number: string;
  readonly title: string;
  readonly state: IncidentState;
  readonly severity: number;
  readonly source: IncidentSource;
  readonly openedAt: Date;
  readonly openedBy: Actor;
  readonly resolvedAt: Date | null;
  /** When what it is about was last taken back; null where it wasn't. */
  readonly takenBackAt: Date | null;
  readonly commander: Actor | null;
  readonly mergedInto: string | null;
  readonly scope: Scope;
  readonly reviewedAt: Date | null;
};

/** Whose failures count: log-ins between two times; an empty list means all. */
export type Scope = {
  readonly versions: readonly string[];
  readonly platforms: readonly Platform[];
  readonly components: readonly Component[];
  readonly from: Date;
  /** Null while it runs. */
  readonly until: Date | null;
};

/** A line of the timeline, as it is handed in. */
export type Line = {
  readonly kind: string;
  /** It stands alone: "8.4.1 reached 10 %". */
  readonly title: string;
  readonly detail: string | null;
  readonly at: Date;
  readonly by: Actor | null;
  /** Names what happened: the second line under a name is passed over. */
  readonly happening: string;
};

/** A probe that has failed so often that somebody must look. */
export type FailingProbe = {
  readonly component: Component;
  /** The version that it was on; null where it is the one that everybody has. */
  readonly version: string | null;
  readonly platform: Platform | null;
  /** What it couldn't do, as a line of the timeline: "Log-in fails three times in a row on 8.4.1". */
  readonly sentence: string;
  readonly at: Date;
};

/** Somebody who was kept out, on all of their installations together. */
export type AffectedPerson = {
  /** The bank's reference of the customer; of a registration without an account yet, the installation. */
  readonly customer: string;
  /** A registration that failed: there is no account yet, and `customer` is the installation. */
  readonly isRegistration: boolean;
  readonly installations: readonly string[];
  readonly firstFailureAt: Date;
  readonly lastFailureAt: Date;
  /** When they were in again on the last of their installations; null while they are out on one. */
  readonly backAt: Date | null;
  readonly isBack: boolean;
  /** How long they were out, in milliseconds; who is out on two installations at once is out once. */
  readonly out_ms: number;
  readonly tries: number;
};

/** Everybody who was kept out, and how many installations there are of whom nobody is known yet. */
export type AffectedPeople = { readonly people: readonly AffectedPerson[]; readonly unknown: number };

/** Which incident changed; null where any may have. */
export type Change = { readonly incidentId: string | null };

/** A refusal, and what to do about it where the code alone doesn't say. */
export type Refusal = { readonly code: IncidentsProblem; readonly detail?: string };
export type Answer<T> = Promise<Result<T, Refusal>>;
