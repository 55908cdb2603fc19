import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./packages/testkit/longest-first.ts";

const outside = ["**/node_modules/**", "**/dist/**", "**/.mainstay/**"];
const check_tests = ["tools/check/**/*.test.ts"];
/** Journeys wait more than they work: one more than there usually are processors. */
const journeys_together = 3;
const browser_tests = ["tests/journeys/**/*.test.ts", "tests/faults/**/*.test.ts", "**/*.browser.test.ts"];

export default defineConfig({
  test: {
    // Failures before their cause is known to be slowness: a test that hangs is a defect, and says so soon.
    reporters: ["default"],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "quick",
          include: ["**/*.test.ts", "**/*.test.tsx"],
          exclude: [...outside, ...browser_tests, ...check_tests],
          globalSetup: ["packages/testkit/postgres-setup.ts"],
          pool: "forks",
          // Every processor: left to itself, vitest keeps one of two for watching.
          maxWorkers: availableParallelism(),
          // Files share a worker's modules: half of the time went into loading them anew for each.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "check",
          include: check_tests,
          exclude: outside,
          pool: "forks",
          // Beside the journeys.
          sequence: { groupOrder: 1 },
          maxWorkers: journeys_together,
        },
      },
      {
        test: {
          name: "browser",
          include: browser_tests,
          exclude: outside,
          globalSetup: ["packages/testkit/journeys-setup.ts"],
          pool: "forks",
          // After everything else.
          maxWorkers: journeys_together,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
