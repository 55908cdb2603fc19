import { expect, test } from "vitest";
import { addTallies, describeTally, tallyOf } from "./tally.ts";

function report(
  passed: number,
  failed: number,
  files: readonly { status: string; tests: string[] }[],
): string {
  return JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((each) => ({ status: each })),
    })),
  });
}

test("the last line says how many passed and failed", () => {
  const tally = tallyOf(report(2, 0, [{ status: "passed", tests: ["passed", "passed"] }]), 0);
  expect(describeTally(tally)).toBe("2 passed, 0 failed");
  expect(describeTally({ ...tally, skipped: 3 })).toBe("2 passed, 0 failed, 3 skipped");
  expect(addTallies(tally, { passed: 1, failed: 1, skipped: 0 })).toEqual({
    passed: 3,
    failed: 1,
    skipped: 0,
  });
});

test("a file that doesn't load is a failure", () => {
  const files = [
    { status: "passed", tests: ["passed"] },
    { status: "failed", tests: [] },
  ];
  expect(tallyOf(report(1, 0, files), 1).failed).toBe(1);
});

test("a run that fails beside its tests, or leaves no report, is a failure", () => {
  expect(tallyOf(report(1, 0, [{ status: "passed", tests: ["passed"] }]), 1).failed).toBe(1);
  expect(tallyOf(undefined, 0).failed).toBe(1);
});
