import fc from "fast-check";
import { expect, test } from "vitest";
import { newId } from "@mainstay/kernel";
import { fakeClock, seededRandom } from "@mainstay/testkit";
import { cohortOf, isCandidate } from "./cohort.ts";

const clock = fakeClock();
const random = seededRandom(7);
const installations = Array.from({ length: 20_000 }, () => newId("ins", { clock, random }));

const salts = fc.stringMatching(/^[0-9a-f]{16,64}$/);
const shares = fc.double({ min: 0, max: 1, noNaN: true });
const ids = fc.constantFrom(...installations);

test("a cohort is stable: the same salt and installation make the same one, from 0 to 1", () => {
  fc.assert(
    fc.property(salts, ids, (salt, installation) => {
      const cohort = cohortOf(salt, installation);
      expect(cohortOf(salt, installation)).toBe(cohort);
      expect(cohort).toBeGreaterThanOrEqual(0);
      expect(cohort).toBeLessThan(1);
    }),
  );
  // Written down once and for all: another edge, another release of it, another language says the same.
  expect(cohortOf("0123456789abcdef", "ins_0000000000000000000000")).toBe(0.5431071278928741);
});

test("cohorts are nested: whoever gets the candidate at a share gets it at every larger one", () => {
  fc.assert(
    fc.property(salts, ids, shares, shares, (salt, installation, one, other) => {
      const [small, large] = [Math.min(one, other), Math.max(one, other)];
      if (isCandidate({ salt, share: small }, installation)) {
        expect(isCandidate({ salt, share: large }, installation)).toBe(true);
      }
    }),
  );
});

test("nobody is among 0 %, everybody among 100 %", () => {
  fc.assert(
    fc.property(salts, ids, (salt, installation) => {
      expect(isCandidate({ salt, share: 0 }, installation)).toBe(false);
      expect(isCandidate({ salt, share: 1 }, installation)).toBe(true);
    }),
  );
});

test("shares are even within 1 %, at every stage and for every salt", () => {
  fc.assert(
    fc.property(salts, fc.constantFrom(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.99), (salt, share) => {
      const got = installations.filter((installation) => isCandidate({ salt, share }, installation)).length;
      expect(Math.abs(got / installations.length - share)).toBeLessThan(0.01 + Number.EPSILON);
    }),
    { numRuns: 25, seed: 20261122 },
  );
});

test("two rollouts pick apart: being early in one says nothing about the other", () => {
  const both = installations.filter(
    (installation) =>
      isCandidate({ salt: "a".repeat(16), share: 0.2 }, installation) &&
      isCandidate({ salt: "b".repeat(16), share: 0.2 }, installation),
  ).length;
  expect(both / installations.length).toBeGreaterThan(0.03);
  expect(both / installations.length).toBeLessThan(0.05);
});
