import { createLoginGuard } from "@mainstay/guard";
import { chanceFrom } from "./random.ts";

/**
 * Signals handed in one by one, each with its segment, as control does; the slower of a 1 % and a 50 %
 * canary.
 *
 * By processor time, of all threads that the process has (so memory's cleaning is in it): a second on one
 * core, whoever else uses the machine.
 */
export function signalsPerSecond(signals: number): number {
  return Math.min(...[0.01, 0.5].map((canary) => measure(signals, canary)));
}

function measure(signals: number, canary: number): number {
  const chance = chanceFrom(7);
  const segments = ["os=ios-17,device=returning", "os=ios-18,device=returning", "os=ios-18,device=new"];
  const drawn = Array.from({ length: signals }, () => {
    const failed = chance.next() < 0.02 ? 1 : 0;
    return {
      arm: chance.next() < canary ? ("candidate" as const) : ("stable" as const),
      segment: segments[Math.floor(chance.next() * segments.length)] ?? "",
      succeeded: 1 - failed,
      failed,
    };
  });
  const guard = createLoginGuard({ alpha: 0.001 });
  const begun = process.cpuUsage();
  for (const signal of drawn) guard.observe(signal);
  const used = process.cpuUsage(begun);
  return Math.round((signals / (used.user + used.system)) * 1_000_000);
}
