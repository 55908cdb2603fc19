import type { Ledger } from "@mainstay/ledger";
import type { Metrics } from "@mainstay/platform";
import { Gauge } from "prom-client";

/** Adds what the bank measures beside its requests. */
export function addBankMetrics(
  metrics: Metrics,
  ledger: Pick<Ledger, "queue">,
): { readonly setFeedLag: (seconds: number) => void } {
  const registers = [metrics.registry];
  const lag = new Gauge({
    name: "ledger_feed_lag_seconds",
    help: "Age of the oldest transfer that is not in the customers' feed yet.",
    registers,
  });
  new Gauge({
    name: "ledger_queue_waiting",
    help: "Callers that wait for the ledger.",
    registers,
    collect() {
      this.set(ledger.queue().waiting);
    },
  });
  return { setFeedLag: (seconds) => lag.set(seconds) };
}
