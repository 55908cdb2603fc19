/** The quantile of the normal distribution for 95 %. */
const z = 1.959963984540054;

/** How many there were, and how many of them failed. */
export type Tally = { readonly n: number; readonly failed: number };

/** A difference of two shares of failing, candidate less stable, from -1 to 1, and its 95 % interval. */
export type Difference = { readonly difference: number; readonly low: number; readonly high: number };

/**
 * Wilson's score interval of a share. Source: E. B. Wilson, "Probable inference, the law of succession, and
 * statistical inference", JASA 22 (1927).
 */
export function wilsonInterval({ n, failed }: Tally): { readonly low: number; readonly high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const share = failed / n;
  const middle = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) };
}

/**
 * The 95 % interval of the difference of two independent shares: Newcombe's hybrid score interval, his method
 * 10, without continuity correction. Null where an arm has nothing.
 *
 * It is for people who read a table once. It isn't what the guard decides by, and looking at it again and
 * again until it leaves zero proves nothing. Source: R. G. Newcombe, "Interval estimation for the difference
 * between independent proportions", Statistics in Medicine 17 (1998), 873–890.
 */
export function newcombeInterval(candidate: Tally, stable: Tally): Difference | null {
  if (candidate.n === 0 || stable.n === 0) return null;
  const [one, other] = [candidate.failed / candidate.n, stable.failed / stable.n];
  const [ofOne, ofOther] = [wilsonInterval(candidate), wilsonInterval(stable)];
  const difference = one - other;
  return {
    difference,
    low: difference - Math.hypot(one - ofOne.low, ofOther.high - other),
    high: difference + Math.hypot(ofOne.high - one, other - ofOther.low),
  };
}
