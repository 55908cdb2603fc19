import { assert } from "@mainstay/kernel";
import type { Arrival } from "@mainstay/signals";
import type { Affected } from "@mainstay/wire";
import type { Scope } from "./types.ts";

/** A log-in begun and silent for so long has failed, in milliseconds. */
export const login_silence_ms_max = 60_000;
/** Whoever logged in on an installation within so many days is meant by what names nobody there. */
export const last_customers_days = 30;
const day_ms = 86_400_000;

/** What of a signal is reckoned with. Times in milliseconds. */
export type Fact = Omit<Arrival, "number" | "rollout" | "arm" | "device">;

/** Somebody who was kept out on one installation. Times in milliseconds. */
export type AffectedRow = Pick<
  Affected,
  "customer" | "knownBy" | "platform" | "os" | "version" | "tries" | "reason" | "versionNow"
> & {
  readonly firstFailureAt: number;
  readonly lastFailureAt: number;
  readonly backAt: number | null;
  /** From a first failure to the next success, each time; null while it lasts. */
  readonly episodes: readonly (readonly [from: number, until: number | null])[];
};

/** What an installation has to do with an incident. */
export type Reckoned = {
  readonly rows: readonly AffectedRow[];
  /** Log-ins that failed, each once. */
  readonly failedLogIns: number;
  /** When a log-in that is silent will have failed; null where none is. */
  readonly dueAt: number | null;
};

type Attempt = {
  /** The signal that says where and how: the earliest, and of those the first by name. */
  readonly fact: Fact;
  readonly begunAt: number;
  readonly receivedAt: number;
  readonly failedAt: number | null;
  readonly succeededAt: number | null;
  readonly reason: string | null;
  readonly named: string | null;
};

type Failure = {
  readonly at: number;
  readonly fact: Fact;
  readonly reason: string;
  readonly isLogIn: boolean;
  readonly named: string | null;
};

type Success = {
  readonly at: number;
  readonly isLogIn: boolean;
  readonly customer: string | null;
  readonly way: Fact["way"];
};

/**
 * Reckons who was kept out on one installation, from when till when: from everything that the installation
 * has told since 30 days before the incident, all at once, so that neither the order in which it came nor its
 * repetition matters. `now` decides what has been silent for too long.
 *
 * A failure is a log-in in the scope that was refused, or was silent for 60 s (then it counts from its
 * beginning); or a start that didn't stand, unless it follows from a log-in that failed. A log-in ends an
 * outage; where nothing but starts failed, a start that stands ends it too, if the customer needn't log in.
 */
export function reckon(facts: readonly Fact[], scope: Scope, now: number): Reckoned {
  assert(new Set(facts.map(({ installation }) => installation)).size <= 1, "facts are of one installation");
  const attempts = attemptsOf(facts);
  const inScope = attempts.filter(({ fact }) => isInScope(fact, scope));
  const failed = inScope.flatMap((attempt) => failureOf(attempt, now));
  const failures = [...failed, ...brokenStarts(facts, attempts, scope)]
    .filter(({ at }) => isInTime(at, scope))
    .toSorted(byTime);
  const due = inScope.filter((attempt) => isPending(attempt, now) && isInTime(attempt.begunAt, scope));
  const dueAt = due.length === 0 ? null : Math.min(...due.map(dueOf));
  const successes = successesOf(facts, attempts);
  const names = namesOf(attempts);
  const byCustomer = new Map<string | null, { failures: Failure[]; knownBy: Affected["knownBy"] }>();
  for (const failure of failures) {
    const { customers, knownBy } = whoOf(failure, { successes, names });
    for (const customer of customers) {
      const known = byCustomer.get(customer);
      if (known === undefined) byCustomer.set(customer, { failures: [failure], knownBy });
      else {
        known.failures.push(failure);
        known.knownBy = stronger(known.knownBy, knownBy);
      }
    }
  }
  return {
    rows: [...byCustomer].map(([customer, { failures: own, knownBy }]) =>
      rowOf({ customer, knownBy, failures: own }, { successes, facts }),
    ),
    failedLogIns: failures.filter(({ isLogIn }) => isLogIn).length,
    dueAt,
  };
}

/** Whether what this signal tells of happened on a version and platform of the scope. */
export function isInScope(fact: Pick<Fact, "version" | "platform">, scope: Scope): boolean {
  const { versions, platforms } = scope;
  if (versions.length > 0 && !versions.includes(fact.version)) return false;
  return platforms.length === 0 || platforms.includes(fact.platform);
}

function isInTime(at: number, { from, until }: Scope): boolean {
  return at >= from.getTime() && (until === null || at <= until.getTime());
}

function byTime(one: Failure, other: Failure): number {
  return one.at - other.at || compare(keyOf(one.fact), keyOf(other.fact));
}

/** Decides between signals of the same moment, so that the order in which they came never does. */
function keyOf({ attempt, nonce, kind, version, way, customer, owner, reason }: Fact): string {
  return JSON.stringify([attempt ?? nonce, kind, version, way, customer, owner, reason]);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function earliest(facts: readonly Fact[]): Fact | undefined {
  return facts.toSorted((one, other) => one.at - other.at || compare(keyOf(one), keyOf(other)))[0];
}

function least(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times);
}

function isLogIn({ kind }: Fact): boolean {
  return kind === "login-begun" || kind === "login-succeeded" || kind === "login-failed";
}

function attemptsOf(facts: readonly Fact[]): Attempt[] {
  const groups = Map.groupBy(facts.filter(isLogIn), ({ attempt }) => attempt);
  return [...groups.values()].flatMap((group): Attempt[] => {
    const fact = earliest(group);
    if (fact === undefined) return [];
    const of = (kind: Fact["kind"]) => group.filter((one) => one.kind === kind);
    const failed = of("login-failed");
    const refusal = earliest(failed);
    const named = group.map(({ customer }) => customer).filter((customer) => customer !== null);
    return [
      {
        fact,
        begunAt: Math.min(...group.map(({ begunAt }) => begunAt)),
        receivedAt: Math.min(...group.map(({ receivedAt }) => receivedAt)),
        failedAt: least(failed.map(({ at }) => at)),
        succeededAt: least(of("login-succeeded").map(({ at }) => at)),
        reason: refusal?.reason ?? null,
        named: named.toSorted(compare)[0] ?? null,
      },
    ];
  });
}

function dueOf({ receivedAt }: Attempt): number {
  return receivedAt + login_silence_ms_max;
}

function isPending(attempt: Attempt, now: number): boolean {
  return attempt.failedAt === null && attempt.succeededAt === null && now < dueOf(attempt);
}

function failureOf(attempt: Attempt, now: number): Failure[] {
  const { fact, begunAt, failedAt, succeededAt, named } = attempt;
  if (failedAt !== null) {
    return [{ at: failedAt, fact, reason: attempt.reason ?? "unknown", isLogIn: true, named }];
  }
  const wasSilent =
    succeededAt === null ? !isPending(attempt, now) : succeededAt - begunAt > login_silence_ms_max;
  // Whoever waited for an answer was out from the beginning.
  return wasSilent ? [{ at: begunAt, fact, reason: "silent", isLogIn: true, named }] : [];
}

/** Why an app goes back that stood well: its version was taken back. Nobody was kept out by that. */
const taken_back = "taken-back";

/** Starts that didn't stand, each once, unless a log-in on one has failed: that is the same trouble. */
function brokenStarts(facts: readonly Fact[], attempts: readonly Attempt[], scope: Scope): Failure[] {
  const refused = new Set(
    attempts.filter(({ succeededAt }) => succeededAt === null).map(({ fact }) => fact.nonce),
  );
  const broken = facts.filter(
    (fact) =>
      (fact.kind === "boot-failed" || fact.kind === "fell-back") &&
      fact.reason !== taken_back &&
      isInScope(fact, scope) &&
      !refused.has(fact.nonce),
  );
  const groups = Map.groupBy(broken, ({ nonce }) => nonce);
  return [...groups.values()].flatMap((group): Failure[] => {
    const fact = earliest(group);
    if (fact === undefined) return [];
    const reason = fact.reason ?? "unknown";
    return [{ at: fact.at, fact, reason, isLogIn: false, named: null }];
  });
}

function successesOf(facts: readonly Fact[], attempts: readonly Attempt[]): Success[] {
  const logIns = attempts.flatMap(({ succeededAt, fact, named }): Success[] =>
    succeededAt === null ? [] : [{ at: succeededAt, isLogIn: true, customer: named, way: fact.way }],
  );
  // Who is shown the log-in, or begins one, isn't in yet.
  const loggedOut = new Set(
    facts.filter((fact) => fact.kind === "login-offered" || isLogIn(fact)).map(({ nonce }) => nonce),
  );
  const starts = facts
    .filter(({ kind, nonce }) => kind === "booted" && !loggedOut.has(nonce))
    .map(({ at }): Success => ({ at, isLogIn: false, customer: null, way: null }));
  return [...logIns, ...starts].toSorted(
    (one, other) => one.at - other.at || compare(one.customer ?? "", other.customer ?? ""),
  );
}

/** Customers whom log-ins that failed have named: for failures that nothing else tells of. */
function namesOf(attempts: readonly Attempt[]): readonly string[] {
  const named = attempts.map((attempt) => attempt.named).filter((customer) => customer !== null);
  return [...new Set(named)].toSorted(compare);
}

type Who = { readonly customers: readonly (string | null)[]; readonly knownBy: Affected["knownBy"] };

/** Whom a failure is put to: see the README. */
function whoOf(
  failure: Failure,
  known: { readonly successes: readonly Success[]; readonly names: readonly string[] },
): Who {
  const { at, fact, named } = failure;
  const later = known.successes.filter((success) => success.isLogIn && success.at >= at);
  if (fact.way === "registration") {
    const registered = later.find(({ way }) => way === "registration");
    return { customers: [registered?.customer ?? null], knownBy: "registration" };
  }
  if (named !== null) return { customers: [named], knownBy: "log-in" };
  const since = at - last_customers_days * day_ms;
  const last = known.successes
    .filter((success) => success.isLogIn && success.at < at && success.at >= since)
    .map(({ customer }) => customer)
    .filter((customer) => customer !== null);
  if (last.length > 0) return { customers: [...new Set(last)].toSorted(compare), knownBy: "installation" };
  if (fact.owner !== null) return { customers: [fact.owner], knownBy: "installation" };
  const next = later.find(({ customer }) => customer !== null)?.customer;
  if (next !== undefined) return { customers: [next], knownBy: "next-log-in" };
  if (known.names.length > 0) return { customers: known.names, knownBy: "installation" };
  return { customers: [null], knownBy: "nobody" };
}

const strength: Readonly<Record<Affected["knownBy"], number>> = {
  "log-in": 4,
  installation: 3,
  "next-log-in": 2,
  registration: 1,
  nobody: 0,
};

function stronger(one: Affected["knownBy"], other: Affected["knownBy"]): Affected["knownBy"] {
  return strength[one] >= strength[other] ? one : other;
}

function rowOf(
  who: {
    readonly customer: string | null;
    readonly knownBy: Affected["knownBy"];
    readonly failures: readonly Failure[];
  },
  known: { readonly successes: readonly Success[]; readonly facts: readonly Fact[] },
): AffectedRow {
  const { customer, knownBy, failures } = who;
  const [first, last] = [failures[0], failures.at(-1)];
  assert(first !== undefined && last !== undefined, "a row has a failure");
  const episodes = episodesOf(failures, known.successes);
  return {
    customer,
    knownBy,
    platform: last.fact.platform,
    os: last.fact.os,
    version: last.fact.version,
    firstFailureAt: first.at,
    lastFailureAt: last.at,
    tries: failures.length,
    reason: last.reason,
    backAt: episodes.at(-1)?.[1] ?? null,
    episodes,
    versionNow: versionAfter(known.facts, last.at),
  };
}

/** From a first failure to the next success, as often as that happened. Both come in the order of time. */
function episodesOf(failures: readonly Failure[], successes: readonly Success[]): AffectedRow["episodes"] {
  const episodes: (readonly [number, number | null])[] = [];
  let rest = [...failures];
  while (rest[0] !== undefined) {
    const from = rest[0].at;
    const end = endOf(rest, successes);
    episodes.push([from, end]);
    rest = end === null ? [] : rest.filter(({ at }) => at > end);
  }
  return episodes;
}

/** When an outage that begins with the first of these failures ended; null while it lasts. */
function endOf(failures: readonly Failure[], successes: readonly Success[]): number | null {
  const from = failures[0]?.at ?? 0;
  for (const success of successes) {
    if (success.at < from) continue;
    const hadLogIn = failures.some(({ at, isLogIn: wasLogIn }) => wasLogIn && at <= success.at);
    if (success.isLogIn || !hadLogIn) return success.at;
  }
  return null;
}

const running_kinds: ReadonlySet<Fact["kind"]> = new Set([
  "activated",
  "booted",
  "login-offered",
  "login-begun",
  "login-succeeded",
]);

/** The version that the installation was last seen on after a failure; null where it wasn't seen since. */
function versionAfter(facts: readonly Fact[], after: number): string | null {
  const seen = facts.filter(({ kind, at }) => running_kinds.has(kind) && at > after);
  const latest = seen.toSorted((one, other) => other.at - one.at || compare(keyOf(one), keyOf(other)))[0];
  return latest?.version ?? null;
}
