import { addMs } from "@mainstay/kernel";
import { sleep, type Changes } from "@mainstay/platform";
import { insertEvent } from "./event-store.ts";
import { expireApprovals } from "./approval-store.ts";
import type { BankPort } from "./bank-port.ts";
import type { Context } from "./context.ts";
import { device_days_max } from "./people.ts";
import { versions_max } from "./protocols.ts";
import * as store from "./store.ts";
import { guard_actor } from "./types.ts";
import { tick } from "./verdicts.ts";
import * as versionStore from "./version-store.ts";

/** How often time is looked at, in milliseconds. */
export const turn_ms = 1_000;
/** How long after a failure the bank is called again at the latest, in milliseconds. */
const call_wait_ms_max = 30_000;
const calls_batch_max = 20;
/** How often devices that weren't seen in 30 days, and old commands, are forgotten, in milliseconds. */
const forget_ms = 60 * 60_000;
const day_ms = 24 * 60 * 60_000;
/** For how long the same command again answers the same. */
export const command_days_max = 90;

/** Makes one call that the bank must get, and writes down that it got it: at least once. */
async function makeCall(
  context: Context,
  bank: BankPort,
  call: Awaited<ReturnType<typeof versionStore.selectDueCalls>>[number],
): Promise<void> {
  const { db, clock, log } = context;
  try {
    if (call.kind === "lift-failures") {
      const { lifted } = await bank.liftFailures(call.version);
      if (call.rollout_id !== null) {
        const event = {
          ...{
            rolloutId: call.rollout_id,
            at: clock.now(),
            kind: "failures-lifted" as const,
            by: guard_actor,
          },
          ...{ share: null, people: null, reason: null, details: { lifted } },
          happening: `failures-lifted ${call.number}`,
        } as const;
        await db.transaction().execute((trx) => insertEvent(trx, event));
      }
    } else {
      const known = await versionStore.selectVersions(db, versions_max);
      const refused = known.filter(({ withdrawn_at }) => withdrawn_at !== null);
      await bank.refuseVersions(
        refused.map(({ version, withdrawn_reason }) => ({
          version,
          reason: withdrawn_reason ?? "withdrawn",
        })),
      );
    }
    await versionStore.endBankCall(db, call.number, clock.now());
  } catch (error) {
    const wait_ms = Math.min(turn_ms * 2 ** Math.min(call.attempts, 10), call_wait_ms_max);
    log.warn(
      { call: call.kind, version: call.version, error },
      "the bank didn't take a call; it is made again",
    );
    await versionStore.putOffBankCall(db, call.number, addMs(clock.now(), wait_ms));
  }
}

/** Does once what time and the bank are owed by now; answers how many steps that were. */
export async function turn(context: Context, bank: BankPort): Promise<number> {
  const { db, clock } = context;
  const steps = await tick(context);
  const calls = await versionStore.selectDueCalls(db, clock.now(), calls_batch_max);
  for (const call of calls) await makeCall(context, bank, call);
  return steps + calls.length + (await expire(context));
}

/** Ends what nobody signed in time, and tells whoever watches. */
async function expire({ db, clock }: Context): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const expired = await expireApprovals(trx, clock.now());
    if (expired > 0) await store.notifyChange(trx, null);
    return expired;
  });
}

/** Runs turns until it is stopped: each second, and at once when something has changed. */
export function startJobs(context: Context, deps: { readonly bank: BankPort; readonly changes: Changes }) {
  const { db, clock, log } = context;
  const stopping = new AbortController();
  const waiting = { wake: new AbortController() };
  const unlisten = deps.changes.listen(() => waiting.wake.abort());
  let forgotten = 0;

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      waiting.wake = new AbortController();
      const signal = AbortSignal.any([stopping.signal, waiting.wake.signal]);
      try {
        const steps = await turn(context, deps.bank);
        const now = clock.now();
        if (now.getTime() - forgotten >= forget_ms) {
          await versionStore.forgetDevices(db, addMs(now, -device_days_max * day_ms));
          await store.forgetCommands(db, addMs(now, -command_days_max * day_ms));
          forgotten = now.getTime();
        }
        if (steps > 0) continue;
      } catch (error) {
        log.warn({ error }, "a turn of rollouts failed and is tried again");
      }
      await sleep(turn_ms, signal);
    }
  }

  const done = loop();
  return {
    stop: async () => {
      unlisten();
      stopping.abort();
      await done;
    },
  };
}
