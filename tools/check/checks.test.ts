import { expect, test } from "vitest";
import { checks, runCheck } from "./checks.ts";

/** The compilers share the processors with every other test. */
const wait_ms_max = 180_000;

// Tidy is a test by itself.
test.each(checks.filter(({ name }) => name !== "tidy"))("$name", { timeout: wait_ms_max }, async (check) => {
  const { code, said } = await runCheck(check);
  expect(code, said).toBe(0);
});
