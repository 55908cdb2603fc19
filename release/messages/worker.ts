import { addMs } from "@mainstay/kernel";
import { sleep } from "@mainstay/platform";
import { createBannerTeller, type BannerTeller } from "./banners.ts";
import { handOver, readChanges } from "./handing.ts";
import { command_days_max, day_ms, turn_ms } from "./limits.ts";
import { forgetCommands } from "./message-store.ts";
import { queueNew } from "./recipients.ts";
import type { Context } from "./types.ts";

/**
 * How often old commands are forgotten, and lists are read again though nobody said that they changed, in
 * ms.
 */
const forget_ms = 60 * 60_000;
const look_again_ms = 15_000;

/** Sends what two have signed. */
export type Worker = {
  /**
   * One turn: queues for whoever has become known, hands over a batch, reads what came of deliveries, tells
   * banners. Answers whether there is more to do at once. What fails in one step doesn't keep the others.
   */
  readonly turn: () => Promise<boolean>;
  /** Looks at once. */
  readonly wake: () => void;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
};

/**
 * Makes the worker. `start` runs turns each second, and at once when a message was signed. Lists of the
 * affected
 * are long: they are read when an incident has changed.
 */
export function createWorker(context: Context): Worker {
  const { db, clock, log, incidents } = context;
  const banners: BannerTeller = createBannerTeller(context);
  const stopping = new AbortController();
  let waking = new AbortController();
  let isWoken = false;
  let forgotten = 0;
  let running: Promise<void> | undefined;

  /** Runs a step; a step that fails is tried again at the next turn. */
  async function step(what: string, run: () => Promise<boolean>): Promise<boolean> {
    try {
      return await run();
    } catch (error) {
      log.warn({ error }, `${what} failed and is tried again`);
      isWoken = true;
      return false;
    }
  }

  async function forget(): Promise<boolean> {
    const now = clock.now();
    if (now.getTime() - forgotten < forget_ms) return false;
    await forgetCommands(db, addMs(now, -command_days_max * day_ms));
    forgotten = now.getTime();
    return false;
  }

  /** `hasNews`: somebody may have become known, or an incident may have moved. */
  async function turn({ hasNews }: { readonly hasNews: boolean }): Promise<boolean> {
    if (hasNews) await step("queueing messages", async () => (await queueNew(context)) > 0);
    const handed = await step("handing messages over", async () => (await handOver(context)).count > 0);
    const changed = await step("reading deliveries", async () => (await readChanges(context)) > 0);
    if (hasNews) await step("telling banners", banners.tell);
    await step("forgetting old commands", forget);
    return handed || changed;
  }

  async function loop(): Promise<void> {
    const news = { isThere: true, lookedAt: 0 };
    const unlisten = incidents.listen(() => (news.isThere = true));
    while (!stopping.signal.aborted) {
      waking = new AbortController();
      const now = clock.now().getTime();
      const hasNews = news.isThere || isWoken || now - news.lookedAt >= look_again_ms;
      if (hasNews) Object.assign(news, { isThere: false, lookedAt: now });
      isWoken = false;
      await turn({ hasNews });
      await sleep(turn_ms, AbortSignal.any([stopping.signal, waking.signal]));
    }
    unlisten();
  }

  return {
    turn: () => turn({ hasNews: true }),
    wake: () => {
      isWoken = true;
      waking.abort();
    },
    start: () => {
      running ??= loop();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
