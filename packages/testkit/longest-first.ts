import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest, the longest first: begun last, one of them would be waited for alone. */
const longest = [
  "tests/journeys/login-outage.test.ts",
  "tests/journeys/protocol-matrix.test.ts",
  "tools/check/checks.test.ts",
  "tests/journeys/boot.test.ts",
  "tests/journeys/fallback.test.ts",
  "tests/journeys/first-day.test.ts",
  "tests/faults/kill-under-load.test.ts",
  "tests/journeys/boot-signature.test.ts",
];

/** A file's place among those; after them all where it isn't one. */
function rank({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place < 0 ? longest.length : place;
}

/** Lets the longest files begin first, whatever project they are of, and where no earlier run is known. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}
