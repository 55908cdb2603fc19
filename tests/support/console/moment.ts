/*
 * Invented figures of a bank with 320,000 devices, for the console's pages: what control would answer on a
 * Tuesday afternoon. tests/security and release/ have the real one.
 */

/** The moment that all figures are of: Tuesday 6 October 2026, 14:32:07 in London. */
export const figures_now = new Date("2026-10-06T13:32:07.000Z");
export const healthy_id = "rol_0000000000000000000850";
export const rolled_back_id = "rol_0000000000000000000841";

const minute_ms = 60_000;
/** The timestamp of so many minutes ago. */
export const at = (minutesAgo: number) =>
  new Date(figures_now.getTime() - minutesAgo * minute_ms).toISOString();
export const priya = { id: "staff_0000000000000000000002", name: "Priya Nair" };
export const tom = { id: "staff_0000000000000000000003", name: "Tom Okafor" };
export const guard = { id: "guard", name: "the guard" };
export const devices_total = { ios: 151_208, android: 128_954, web: 39_417 } as const;

/** Evenly spread numbers from 0 to 1 that are the same each time (a linear congruential generator). */
export function steadyNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
