import { createBoundedMap } from "@mainstay/kernel";
import type { Context } from "./context.ts";
import { readSpans } from "./impact-store.ts";
import type { IncidentRecord } from "./types.ts";

/** The most spans that the bank is asked about at once. */
const spans_batch_max = 5_000;
/** How long what the bank said is believed, in milliseconds. */
const kept_ms = 30_000;
/** How long a page waits for the bank's word, in milliseconds: then it shows the last one, or none. */
const wait_ms_max = 1_000;
const incidents_kept_max = 200;

/** How many payments waited while those affected were out, as far as the bank has said. */
export type PaymentsDelayed = {
  /** What the bank said last; null where it hasn't. */
  readonly last: (incidentId: string) => number | null;
  /** Asks it anew where its word is old, and waits for the answer, but not for long. */
  readonly ask: (incident: IncidentRecord) => Promise<void>;
};

/** Makes what asks the bank, and keeps its word for a while. A bank that is away leaves the last one. */
export function createPaymentsDelayed(context: Context): PaymentsDelayed {
  const kept = createBoundedMap<string, { readonly delayed: number; readonly until: number }>(
    incidents_kept_max,
  );
  const asking = new Map<string, Promise<void>>();

  async function askNow(incidentId: string): Promise<void> {
    const now = context.clock.now();
    const spans = await readSpans(context.database.pool, incidentId, now);
    let delayed = 0;
    for (let start = 0; start < spans.length; start += spans_batch_max) {
      delayed += await context.paymentsDelayed(spans.slice(start, start + spans_batch_max));
    }
    kept.set(incidentId, { delayed, until: now.getTime() + kept_ms });
  }

  return {
    last: (incidentId) => kept.get(incidentId)?.delayed ?? null,
    ask: async ({ id }) => {
      const known = kept.get(id);
      if (known !== undefined && context.clock.now().getTime() < known.until) return;
      let running = asking.get(id);
      if (running === undefined) {
        running = askNow(id)
          .catch((error: unknown) =>
            context.log.info({ error, incident: id }, "the bank didn't say which payments waited"),
          )
          .finally(() => asking.delete(id));
        asking.set(id, running);
      }
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, wait_ms_max).unref())]);
    },
  };
}
