import { expect, test } from "vitest";
import { worseThan } from "./status-words.ts";

test("by hand a service gets only worse than what is measured", () => {
  expect(worseThan("works")).toEqual(["partly", "down"]);
  expect(worseThan("partly")).toEqual(["down"]);
  expect(worseThan("down")).toEqual([]);
  expect(worseThan("not-offered")).toEqual([]);
});
