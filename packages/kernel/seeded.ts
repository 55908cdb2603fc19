/**
 * Makes whole numbers from 0 to 2^32 − 1 that are the same in every run, from a seed (mulberry32, by Tommy
 * Ettinger). For tests, benches and what is made up for a demo; never for ids, keys or anything secret.
 */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** The same as fractions: from 0 (inclusive) to 1 (exclusive). */
export function seededFractions(seed: number): () => number {
  const next = seededNumbers(seed);
  return () => next() / 2 ** 32;
}
