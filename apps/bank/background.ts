import { sleep, type Logger } from "@mainstay/platform";

/** Work that is done again and again until it is stopped. */
export type Background = { readonly stop: () => Promise<void> };

/**
 * Does a piece of work every so often; at once again while `run` says that there may be more. What fails is
 * logged and tried again at the next turn. `stop` ends it after the piece in hand.
 */
export function repeat(options: {
  readonly name: string;
  readonly every_ms: number;
  readonly log: Logger;
  /** Does one piece; true where more is waiting. */
  readonly run: () => Promise<boolean>;
}): Background {
  const { name, every_ms, log, run } = options;
  const stopping = new AbortController();

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      const isMore = await run().catch((error: unknown) => {
        log.warn({ error, work: name }, "background work failed and will be tried again");
        return false;
      });
      if (!isMore) await sleep(every_ms, stopping.signal);
    }
  }

  const done = loop();
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
