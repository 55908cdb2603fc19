/**
 * Running products of e-values, one for each alternative, with a purse from which they are started again.
 *
 * A product that has been driven to nothing (by ten thousand harmless log-ins, or by an outage) couldn't
 * speak when a version breaks later. So most of the stake of 1 is laid on the first block, and the rest, kept
 * in a purse, is laid bit by bit on later ones, by a plan that is fixed beforehand: the sum is a weighted
 * average of products that begin at each block, plus what is still in the purse, which is worth what it is.
 *
 * Averages of e-processes with weights fixed beforehand are e-processes, and one reaches 1/α ever with
 * probability at most α (Ville's inequality). Sources: Ramdas, Grünwald, Vovk and Shafer, "Game-theoretic
 * statistics and safe anytime-valid inference", arXiv 2210.01948, §§2.4 and 6; for starts over time, Shin,
 * Ramdas and Rinaldo, "E-detectors", arXiv 2203.03532, §3.
 */
export interface Evidence {
  /** The worth of each alternative's products. */
  products: number[];
  /** How many blocks have been seen. */
  blocks: number;
  /** What hasn't been laid yet. */
  purse: number;
}

/** What remains for later after the first block. */
const kept_for_later = 0.05;
/** Above what any decision needs, below what a double holds. */
const product_max = 1e200;

/** Evidence about which nothing has been seen: worth 1. */
export function newEvidence(alternatives: number): Evidence {
  return { products: Array.from({ length: alternatives }, () => 0), blocks: 0, purse: 1 };
}

/** What is in the purse after so many blocks: 1, then 0.1, then less, slowly. */
export function purseAfter(blocks: number): number {
  return blocks === 0 ? 1 : kept_for_later / (1 + Math.log(blocks));
}

/** Lays the next stake and multiplies by the block's e-values, one for each alternative. */
export function multiply(evidence: Evidence, eValues: readonly number[]): void {
  evidence.blocks += 1;
  const purse = purseAfter(evidence.blocks);
  const stake = evidence.purse - purse;
  evidence.purse = purse;
  const { products } = evidence;
  for (let i = 0; i < products.length; i += 1) {
    products[i] = Math.min(((products[i] ?? 0) + stake) * (eValues[i] ?? 1), product_max);
  }
}

/** What the evidence is worth: the average of the products, and the purse. */
export function worthOf(evidence: Evidence): number {
  const { products } = evidence;
  let sum = 0;
  for (let i = 0; i < products.length; i += 1) sum += products[i] ?? 0;
  return sum / products.length + evidence.purse;
}
