import {
  probed_components,
  type FailingProbe,
  type Lane,
  type Measure,
  type ProbedComponent,
  type ProbeKind,
  type ProbeResult,
} from "./types.ts";

/** How many measurements in a row open an incident by failing, and end the failure by passing. */
export const streak_length = 3;
/** How often each version is probed, in milliseconds. */
export const round_ms = 30_000;
/** What was measured longer ago than this, in milliseconds, says nothing of now: three rounds and a bit. */
export const fresh_ms_max = 3 * round_ms + 10_000;
/** How far back measurements are looked at for their streaks, in milliseconds. */
export const measured_ms_max = 10 * 60_000;

const kinds: readonly ProbeKind[] = ["protocol", "browser"];

/**
 * Reads what probes have measured of each version that customers have now: for each component and kind the
 * latest measurement and its streak. `results` come newest first, and skipped components count for nothing.
 */
export function measuresOf(lanes: readonly Lane[], results: readonly ProbeResult[]): readonly Measure[] {
  return lanes.flatMap((lane) =>
    kinds.flatMap((kind) => {
      const own = results.filter((result) => result.version === lane.version && result.kind === kind);
      return probed_components.flatMap((component) => measureOf({ lane, kind, component, own }) ?? []);
    }),
  );
}

function measureOf(asked: {
  readonly lane: Lane;
  readonly kind: ProbeKind;
  readonly component: ProbedComponent;
  readonly own: readonly ProbeResult[];
}): Measure | null {
  const { lane, kind, component, own } = asked;
  const counted = own.filter(({ outcomes }) => outcomes[component] !== "skipped");
  const [latest] = counted;
  if (latest === undefined) return null;
  const passed = counted.map(({ outcomes }) => outcomes[component] === "passed");
  const { version, of, platforms } = lane;
  return {
    ...{ component, version, of, platforms, kind, at: latest.at },
    hasPassed: passed[0] === true,
    failedInRow: streakOf(passed, false),
    passedInRow: streakOf(passed, true),
    isFailing: isFailing(passed),
  };
}

function streakOf(passed: readonly boolean[], wanted: boolean): number {
  const end = passed.findIndex((one) => one !== wanted);
  return Math.min(end === -1 ? passed.length : end, streak_length);
}

/** Whether three failed in a row and three haven't passed in a row since; newest first. */
function isFailing(passed: readonly boolean[]): boolean {
  for (let index = 0; index + streak_length <= passed.length; index += 1) {
    const streak = passed.slice(index, index + streak_length);
    if (streak.every((one) => !one)) return true;
    if (streak.every(Boolean)) return false;
  }
  return false;
}

/** What is known of a failure: which component, on which version; null for what everybody has. */
export type Failure = Pick<FailingProbe, "component" | "version" | "platform">;

/**
 * What fails now. Where every stable version fails it is everybody's, and no version is to blame; else each
 * version that fails is named.
 */
export function failuresOf(measures: readonly Measure[]): readonly Failure[] {
  return probed_components.flatMap((component): Failure[] => {
    const own = measures.filter((measure) => measure.component === component);
    const failing = versionsOf(own.filter((measure) => measure.isFailing));
    if (failing.length === 0) return [];
    const stable = versionsOf(own.filter(({ of }) => of === "stable"));
    const isEverywhere = stable.length > 0 && stable.every((version) => failing.includes(version));
    if (isEverywhere) return [{ component, version: null, platform: null }];
    return failing.map((version) => {
      const [only, ...others] = own.find((measure) => measure.version === version)?.platforms ?? [];
      return { component, version, platform: others.length === 0 ? (only ?? null) : null };
    });
  });
}

function versionsOf(measures: readonly Measure[]): readonly string[] {
  return [...new Set(measures.map(({ version }) => version))];
}

const names: Readonly<Record<ProbedComponent, string>> = {
  "log-in": "Logging in",
  balances: "Reading a balance",
  payments: "Moving a penny",
};

/** A failure as a line of an incident's timeline. */
export function failureSentence(failure: Failure, reason: string | null): string {
  const what = names[failure.component as ProbedComponent];
  const where = failure.version === null ? "on what everybody has" : `on ${failure.version}`;
  return `${what} failed ${streak_length} times in a row ${where}${reason === null ? "" : `: ${reason}`}`;
}

/** A failure's end as a line of an incident's timeline. */
export function recoverySentence(failure: Failure): string {
  const what = names[failure.component as ProbedComponent];
  return failure.version === null
    ? `${what} works again, ${streak_length} times in a row`
    : `${what} on ${failure.version} fails no longer`;
}
