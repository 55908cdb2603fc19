import { logLikelihoodRatio, type Block, type Failing } from "./block.ts";
import { multiply, newEvidence, worthOf, type Evidence } from "./evidence.ts";
import { sizeOf } from "./types.ts";

/**
 * Margins that are looked at besides the one asked for, in percentage points, so that a bound can be shown.
 */
const margins_points: readonly number[] = [20, 10, 5, 3, 2, 1];
/**
 * Where in the margin the new version is supposed to be: as good as stable, or a part of the way to the
 * margin.
 */
export const supposed_parts: readonly number[] = [0, 0.25, 0.5];
const bisections = 50;
const probability_min = 1e-9;

/** The evidence that the new version is within one margin. */
export interface MarginEvidence {
  margin_points: number;
  evidence: Evidence;
  /** Once shown, it stays shown. */
  isShown: boolean;
}

/** One process for each margin, the widest first. */
export function newMargins(margin_points: number): MarginEvidence[] {
  const all = [...new Set([...margins_points, margin_points])].toSorted((a, b) => b - a);
  return all.map((margin) => ({
    margin_points: margin,
    evidence: newEvidence(supposed_parts.length),
    isShown: false,
  }));
}

/**
 * The point of "the candidate fails by exactly the margin more" that is hardest to tell from the alternative:
 * the (r₀ + δ, r₀) that minimises n₁·KL(q₁‖r₀ + δ) + n₀·KL(q₀‖r₀). The sum is convex in r₀; its slope is
 * bisected.
 *
 * Source: Turner and Grünwald, "Exact anytime-valid confidence intervals for contingency tables and beyond",
 * arXiv 2203.09785, §3: the projection onto the linear boundary of a convex null hypothesis.
 */
export function nearestAtMargin(block: Block, alternative: Failing, margin: number): Failing {
  const candidates = sizeOf(block.candidate);
  const stables = sizeOf(block.stable);
  let low = 0;
  let high = 1 - margin;
  for (let i = 0; i < bisections; i += 1) {
    const stable = (low + high) / 2;
    const candidate = stable + margin;
    const slope =
      (candidates * (candidate - alternative.candidate)) / (candidate * (1 - candidate)) +
      (stables * (stable - alternative.stable)) / (stable * (1 - stable));
    if (slope > 0) high = stable;
    else low = stable;
  }
  const stable = Math.max((low + high) / 2, probability_min);
  return { candidate: Math.min(stable + margin, 1 - probability_min), stable };
}

/**
 * A block's e-value against "the candidate fails by the margin or more than stable does".
 *
 * Its mean is at most 1 whenever the averages over the block satisfy p̄₁ − p̄₀ ≥ δ: as for `blockEvidence`,
 * the mean is at most the n-th power of 1 + c·(p̄₁ − p̄₀ − δ), here with a c ≤ 0, because at the projection
 * n₁(q₁ − r₁)/(r₁(1 − r₁)) + n₀(q₀ − r₀)/(r₀(1 − r₀)) = 0. Source: arXiv 2203.09785, theorem 1.
 */
export function withinMarginEvidence(block: Block, alternative: Failing, margin: number): number {
  if (sizeOf(block.candidate) === 0 || sizeOf(block.stable) === 0) return 1;
  const nullPoint = nearestAtMargin(block, alternative, margin);
  return Math.exp(logLikelihoodRatio(block, alternative, nullPoint));
}

/**
 * Adds a block to every margin that isn't shown yet. `stable` is what was known of stable before the block.
 */
export function compareWithMargins(
  margins: readonly MarginEvidence[],
  block: Block,
  options: { stable: number; worth_min: number },
): void {
  const { stable, worth_min } = options;
  for (const one of margins) {
    if (one.isShown) continue;
    const margin = one.margin_points / 100;
    const eValues = supposed_parts.map((part) => {
      const alternative = { candidate: Math.min(stable + part * margin, 1 - probability_min), stable };
      return withinMarginEvidence(block, alternative, margin);
    });
    multiply(one.evidence, eValues);
    one.isShown = worthOf(one.evidence) >= worth_min;
  }
}

/**
 * The narrowest margin that is shown together with every wider one; undefined when the widest isn't.
 *
 * The true difference makes a margin's hypothesis true only if it is as great as that margin; to report less
 * than the truth, the widest such margin must have been shown falsely, which happens with probability at most
 * α. So the bound is an upper confidence sequence, on a grid. Source: inversion of e-processes, arXiv
 * 2203.09785, §4.
 */
export function boundOf(margins: readonly MarginEvidence[]): number | undefined {
  const firstOpen = margins.findIndex((one) => !one.isShown);
  return margins[(firstOpen === -1 ? margins.length : firstOpen) - 1]?.margin_points;
}
