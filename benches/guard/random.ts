/** A seeded source of chance: the same seed gives the same bench. */
export interface Chance {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  readonly next: () => number;
}

/**
 * Marsaglia's xorshift with 128 bits ("Xorshift RNGs", J. Statistical Software 8, 2003), seeded by
 * splitmix32.
 */
export function chanceFrom(seed: number): Chance {
  let mixed = seed | 0;
  const mix = (): number => {
    mixed = (mixed + 0x9e3779b9) | 0;
    let z = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let [x, y, z, w] = [mix() | 1, mix(), mix(), mix()];
  return {
    next: () => {
      const t = x ^ (x << 11);
      x = y;
      y = z;
      z = w;
      w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
      return (w >>> 0) / 4294967296;
    },
  };
}

/** How many of `trials` happen with probability `share`: exact, by the gaps between those that do. */
export function binomial(chance: Chance, trials: number, share: number): number {
  if (share <= 0 || trials <= 0) return 0;
  if (share >= 1) return trials;
  if (share > 0.5) return trials - binomial(chance, trials, 1 - share);
  let happened = 0;
  for (let at = geometric(chance, share); at < trials; at += 1 + geometric(chance, share)) happened += 1;
  return happened;
}

/** How many don't happen before the first that does. */
export function geometric(chance: Chance, share: number): number {
  if (share >= 1) return 0;
  return Math.floor(Math.log(1 - chance.next()) / Math.log(1 - share));
}
