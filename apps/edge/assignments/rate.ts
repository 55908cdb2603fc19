import { createBoundedMap, type Clock } from "@mainstay/kernel";

/** How many names' rates are remembered. */
export const rates_max = 20_000;

/** Lets through so many a minute for each name; what is idle is forgotten. */
export function createRate(deps: {
  readonly clock: Clock;
  readonly per_minute_max: number;
}): (name: string) => boolean {
  const { clock, per_minute_max } = deps;
  const windows = createBoundedMap<string, { minute: number; count: number }>(rates_max);
  return (name) => {
    const minute = Math.floor(clock.now().getTime() / 60_000);
    const known = windows.get(name);
    const window = known?.minute === minute ? known : { minute, count: 0 };
    window.count += 1;
    windows.set(name, window);
    return window.count <= per_minute_max;
  };
}
