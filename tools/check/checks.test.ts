import { expect, test } from "vitest";
import { checks, runCheck } from "./checks.ts";

// Tidy is a test by itself.
test.each(checks.filter(({ name }) => name !== "tidy"))("$name", async (check) => {
  const { code, said } = await runCheck(check);
  expect(code, said).toBe(0);
});
