import { Compile } from "typebox/compile";
import { addMs, type Clock } from "@mainstay/kernel";
import { createBatcher, type Logger } from "@mainstay/platform";
import {
  BootReportsSchema,
  signals_batch_max,
  type Activation,
  type BootReports,
  type Signal,
} from "@mainstay/wire";
import type { ControlClient } from "./control-client.ts";
import { createRate } from "./rate.ts";
import type { TokenMaker } from "@mainstay/platform";

/** How many reports an installation may hand in a minute. */
export const reports_per_minute_max = 60;
/** How many signals may wait for control; beyond it devices keep theirs. */
export const signals_waiting_max = 5_000;

/** What came of a device's reports. */
export type ReportsOutcome = "taken" | "garbled" | "too many" | "later";

/** Takes the boot layer's reports, and hands them to control as signals. */
export type Reports = {
  /** `text` is the body as it came. `taken` only once control has them for good. */
  readonly take: (text: string) => Promise<ReportsOutcome>;
  /** Hands signals to control, as `take` does with a device's reports. */
  readonly deliver: (signals: readonly Signal[]) => Promise<Exclude<ReportsOutcome, "garbled">>;
};

const shape = Compile(BootReportsSchema);

function parse(text: string): BootReports | null {
  try {
    const value: unknown = JSON.parse(text);
    return shape.Check(value) ? value : null;
  } catch {
    return null;
  }
}

/** A signal of the boot layer's or a shell's: it belongs to no attempt to log in, and names nobody. */
export function bootSignal(told: Pick<Signal, "id" | "kind" | "at" | "activation" | "reason">): Signal {
  return { ...told, attempt: null, begunAt: told.at, way: null, protocol: null, customer: null };
}

/**
 * A report as a signal. Its id is made of the activation's single-use nonce, so that it counts once however
 * often it is handed in, and nobody can hand in one of another's.
 */
function signalOf(report: BootReports["reports"][number], activation: Activation, now: Date): Signal {
  const told = addMs(now, -report.agoMs);
  // Nothing happened before its activation was handed out: the device's own clock is not believed.
  const at = told.toISOString() < activation.issuedAt ? activation.issuedAt : told.toISOString();
  const { kind, reason } = report;
  return bootSignal({ id: `boot-${activation.nonce}-${kind}`, kind, at, activation, reason });
}

/** Makes the taker of reports. Signals of many devices go to control together. */
export function createReports(deps: {
  readonly activations: TokenMaker<Activation>;
  readonly control: Pick<ControlClient, "sendSignals">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onReport: (kind: Signal["kind"], version: string) => void;
}): Reports {
  const { activations, control, clock, log } = deps;
  const isWithinRate = createRate({ clock, per_minute_max: reports_per_minute_max });
  const send = createBatcher<Signal, void>({
    name: "signals to control",
    batch_max: signals_batch_max,
    queue_max: signals_waiting_max,
    run: async (signals) => {
      const { refused } = await control.sendSignals(signals);
      // What control refuses will be refused again: the device needn't keep it.
      for (const { id, reason } of refused) log.warn({ id, reason }, "control refused a device's report");
      return signals.map(() => undefined);
    },
  });
  const deliver: Reports["deliver"] = async (signals) => {
    const names = new Set(signals.map(({ activation }) => activation.installation));
    if (![...names].every(isWithinRate)) return "too many";
    try {
      await Promise.all(signals.map(send));
    } catch (error) {
      log.debug({ reason: String(error) }, "control didn't take a device's reports: it keeps them");
      return "later";
    }
    for (const { kind, activation } of signals) deps.onReport(kind, activation.version);
    return "taken";
  };
  return {
    deliver,
    take: async (text) => {
      const parsed = parse(text);
      if (parsed === null) return "garbled";
      const now = clock.now();
      const signals = parsed.reports.flatMap((report) => {
        // A forged activation says nothing; the device is not asked to hand it in again.
        const activation = activations.read(report.activation);
        return activation === null ? [] : [signalOf(report, activation, now)];
      });
      return deliver(signals);
    },
  };
}
