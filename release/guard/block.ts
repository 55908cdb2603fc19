import { sizeOf, type Counts } from "./types.ts";

/** The log-ins of both arms that are compared with each other. */
export interface Block {
  readonly candidate: Readonly<Counts>;
  readonly stable: Readonly<Counts>;
}

/** Probabilities of failing, strictly between 0 and 1. */
export interface Failing {
  readonly candidate: number;
  readonly stable: number;
}

/** How much worse the new version is supposed to be, as odds of failing: from barely to completely broken. */
export const odds_ratios: readonly number[] = [1.5, 2, 4, 8, 30, 200];
/**
 * Beyond this the number would leave what a double holds; cutting an e-value off above keeps its mean under
 * 1.
 */
const log_evidence_max = 400;

/**
 * The alternative at an odds ratio: q₁ with q₁/(1−q₁) = ω·q₀/(1−q₀).
 *
 * Source: Turner, Ly and Grünwald, "Generic E-variables for exact sequential k-sample tests", arXiv
 * 2106.02693, §5.
 */
export function failingAtOddsRatio(stable: number, oddsRatio: number): number {
  const odds = (oddsRatio * stable) / (1 - stable);
  return odds / (1 + odds);
}

/**
 * The common probability under which the alternative is hardest to tell from "both fail alike":
 * q̄ = (n₁q₁ + n₀q₀)/(n₁ + n₀). Source: arXiv 2106.02693, theorem 1.
 */
export function commonFailing(block: Block, alternative: Failing): number {
  const candidates = sizeOf(block.candidate);
  const stables = sizeOf(block.stable);
  return (candidates * alternative.candidate + stables * alternative.stable) / (candidates + stables);
}

/** ln of the likelihood ratio of two pairs of probabilities, for what happened in the block. */
export function logLikelihoodRatio(block: Block, alternative: Failing, nullPoint: Failing): number {
  const { candidate, stable } = block;
  const sum =
    candidate.failed * Math.log(alternative.candidate / nullPoint.candidate) +
    candidate.succeeded * Math.log((1 - alternative.candidate) / (1 - nullPoint.candidate)) +
    stable.failed * Math.log(alternative.stable / nullPoint.stable) +
    stable.succeeded * Math.log((1 - alternative.stable) / (1 - nullPoint.stable));
  return Math.min(sum, log_evidence_max);
}

/**
 * A block's e-value against "the new version fails no more often than stable": the likelihood under (q₁, q₀)
 * over that under the common q̄. An arm without log-ins makes it 1: nothing was compared.
 *
 * Its mean is at most 1 whenever, over the block, the average probability of failing of the candidate's
 * log-ins is no greater than that of stable's, however each drifts: the mean is ∏A₁(pᵢ)·∏A₀(pⱼ) with A(p) = 1
 * + (p − q̄)(q − q̄)/(q̄(1 − q̄)); by the inequality of means it is at most the n-th power of 1 + c·(p̄₁ −
 * p̄₀) with a c ≥ 0, since n₁(q₁ − q̄) + n₀(q₀ − q̄) = 0. Source: arXiv 2106.02693, theorem 1, for one-sided
 * hypotheses and blocks of any size.
 */
export function blockEvidence(block: Block, alternative: Failing): number {
  if (sizeOf(block.candidate) === 0 || sizeOf(block.stable) === 0) return 1;
  const common = commonFailing(block, alternative);
  return Math.exp(logLikelihoodRatio(block, alternative, { candidate: common, stable: common }));
}
