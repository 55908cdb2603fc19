import type { Identity } from "@mainstay/identity";
import type { Ledger } from "@mainstay/ledger";
import type { Metrics } from "@mainstay/platform";
import { Gauge } from "prom-client";

/** Adds what the bank measures beside its requests. */
export function addBankMetrics(
  metrics: Metrics,
  modules: { readonly ledger: Pick<Ledger, "queue">; readonly identity: Pick<Identity, "signalCounts"> },
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
      this.set(modules.ledger.queue().waiting);
    },
  });
  new Gauge({
    name: "identity_login_signals",
    help: "Signals of log-ins: waiting for control; delivered, refused by it, dropped and limited so far.",
    labelNames: ["state"],
    registers,
    async collect() {
      const counts = await modules.identity.signalCounts();
      for (const [state, count] of Object.entries(counts)) this.set({ state }, count);
    },
  });
  return { setFeedLag: (seconds) => lag.set(seconds) };
}
