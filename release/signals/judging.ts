import { createBoundedMap, present } from "@mainstay/kernel";
import {
  guard_names,
  guard_of,
  jointVerdict,
  observe,
  restoreGuards,
  saysOther,
  type GuardName,
  type Guards,
} from "./guards.ts";
import type { Connection } from "./types.ts";
import type { KnownRollouts } from "./counting.ts";
import {
  addSteps,
  addToCells,
  addToSeries,
  readGuardStates,
  readVerdict,
  writeGuardState,
  writeVerdict,
  type Counted,
  type Minute,
  type Step,
} from "./verdict-store.ts";

/** How many rollouts' guards are kept in memory. */
const guards_kept_max = 16;
const minute_ms = 60_000;
/** While the candidate has had so few log-ins, each is kept with the evidence right after it. */
export const steps_max = 200;

/** The guards of rollouts in memory, true to the database as long as nobody else has changed it. */
export type GuardsKept = {
  /** Forgets them all: another process has gone on, or a transaction has failed half-way. */
  readonly forget: () => void;
  readonly of: (client: Connection, rollout: string) => Promise<Guards>;
};

/** Keeps guards between transactions, so that they aren't read and parsed for every signal. */
export function createGuardsKept(): GuardsKept {
  const kept = createBoundedMap<string, Guards>(guards_kept_max);
  return {
    forget: () => kept.clear(),
    of: async (client, rollout) => {
      const known = kept.get(rollout);
      if (known) return known;
      const guards = restoreGuards(await readGuardStates(client, rollout));
      kept.set(rollout, guards);
      return guards;
    },
  };
}

/**
 * Hands outcomes to their rollouts' guards, in their order, and writes what follows: counts, series, the
 * guards' states and verdicts. In the caller's transaction.
 */
export async function judge(
  client: Connection,
  counted: readonly Counted[],
  deps: { readonly guards: GuardsKept; readonly rollouts: KnownRollouts; readonly now: Date },
): Promise<void> {
  if (counted.length === 0) return;
  await addToCells(client, counted);
  for (const rollout of new Set(counted.map((one) => one.rollout))) {
    const own = counted.filter((one) => one.rollout === rollout);
    const guards = await deps.guards.of(client, rollout);
    const minutes = gatherMinutes(rollout, deps.rollouts.get(rollout)?.platforms ?? []);
    const steps = gatherSteps(guards.logins.report().candidate);
    for (const one of own) {
      observe(guards, one.ended);
      const { logEvidence } = guards.logins.verdict();
      minutes.add(one, logEvidence);
      steps.add(one, logEvidence);
    }
    await addSteps(client, rollout, steps.all());
    await addToSeries(client, minutes.all());
    const touched = new Set(own.map(({ ended }) => guard_of[ended.comparison]));
    await writeGuards(client, { rollout, guards, touched });
    await sayVerdict(client, { rollout, guards, now: deps.now });
  }
}

async function writeGuards(
  client: Connection,
  what: { readonly rollout: string; readonly guards: Guards; readonly touched: ReadonlySet<GuardName> },
): Promise<void> {
  for (const name of guard_names.filter((one) => what.touched.has(one))) {
    await writeGuardState(client, { rollout: what.rollout, name, state: what.guards[name].exportState() });
  }
}

async function sayVerdict(
  client: Connection,
  what: { readonly rollout: string; readonly guards: Guards; readonly now: Date },
): Promise<void> {
  const former = await readVerdict(client, what.rollout);
  const verdict = jointVerdict(what.guards, what.now);
  await writeVerdict(client, { rollout: what.rollout, verdict, isTurn: saysOther(former, verdict) });
}

/**
 * Ends the pause that unproven installations have caused, after a person has looked, in the caller's
 * transaction: their evidence begins anew.
 */
export async function endPauseOf(
  client: Connection,
  rollout: string,
  deps: { readonly guards: GuardsKept; readonly now: Date },
): Promise<void> {
  const guards = await deps.guards.of(client, rollout);
  for (const name of guard_names) guards[name].endPause();
  await writeGuards(client, { rollout, guards, touched: new Set(guard_names) });
  await sayVerdict(client, { rollout, guards, now: deps.now });
}

/**
 * Gathers log-ins of proven installations by the minute in which they ended. Each platform of the rollout
 * gets a row, so that the evidence, which is of all together, stands in each.
 */
function gatherMinutes(rollout: string, platforms: readonly string[]) {
  const minutes = new Map<string, Minute>();
  return {
    add: ({ ended }: Counted, log_evidence: number) => {
      const isLogin = guard_of[ended.comparison] === "logins";
      if (!isLogin || !ended.proven) return;
      const at = present(ended.endedAt, "when it ended");
      const minute = new Date(at - (at % minute_ms)).toISOString();
      for (const platform of platforms) {
        const name = `${minute} ${platform}`;
        const row = minutes.get(name) ?? emptyMinute({ rollout, platform, minute });
        row.log_evidence = log_evidence;
        if (platform === ended.platform) row[`${ended.arm}_${ended.outcome}`] += 1;
        minutes.set(name, row);
      }
    },
    all: () => [...minutes.values()],
  };
}

/** Gathers the evidence after each log-in of the candidate's, while there are few of them. */
function gatherSteps({ succeeded, failed }: { readonly succeeded: number; readonly failed: number }) {
  const before = succeeded + failed;
  const steps: Step[] = [];
  return {
    add: ({ ended }: Counted, log_evidence: number) => {
      const isOwn = ended.arm === "candidate" && ended.proven && guard_of[ended.comparison] === "logins";
      if (isOwn && before + steps.length < steps_max) steps.push({ attempt: ended.attempt, log_evidence });
    },
    all: () => steps,
  };
}

function emptyMinute(of: Pick<Minute, "rollout" | "platform" | "minute">): Minute {
  return {
    ...of,
    candidate_succeeded: 0,
    candidate_failed: 0,
    stable_succeeded: 0,
    stable_failed: 0,
    log_evidence: 0,
  };
}
