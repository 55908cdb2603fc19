import { createHash } from "node:crypto";

/**
 * How many leading bits of the hash make a cohort: as many as a JavaScript number keeps with room to spare.
 */
const cohort_bytes = 6;
const cohorts_count = 2 ** (8 * cohort_bytes);

/**
 * An installation's cohort in a rollout: a number from 0 up to, and without, 1. The first 48 bits of the
 * SHA-256 of `<salt>:<installation>`, so that it is the same for ever, even over installations, and without
 * relation to the cohort of another rollout.
 */
export function cohortOf(salt: string, installation: string): number {
  const digest = createHash("sha256").update(`${salt}:${installation}`).digest();
  return digest.readUIntBE(0, cohort_bytes) / cohorts_count;
}

/**
 * Whether an installation is among the `share` (0 to 1) that gets the candidate. Nested: who is among 5 % is
 * among every larger share.
 */
export function isCandidate(
  rollout: { readonly salt: string; readonly share: number },
  installation: string,
): boolean {
  return cohortOf(rollout.salt, installation) < rollout.share;
}
