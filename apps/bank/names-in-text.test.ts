import { expect, it } from "vitest";
import { isNamedIn } from "./names-in-text.ts";

const ruth = { firstName: "Ruth", name: "Ruth O’Connor-Hill" };

it.each([
  "Ruth O’Connor-Hill couldn’t log in.",
  "ruth o'connor hill couldn’t log in",
  "We wrote to Mrs. O’Connor-Hill.",
  "Thanks to RUTH\nO’CONNOR-HILL",
])("a text names somebody however it is written: %j", (text) => {
  expect(isNamedIn(text, ruth)).toBe(true);
});

it.each(["Ruth couldn’t log in.", "Over the hill", "Truth O’Connor-Hills", "Mr Hill", ""])(
  "and doesn't by what is also a word, or another's name: %j",
  (text) => {
    expect(isNamedIn(text, ruth)).toBe(false);
  },
);

it("nobody is named by a name that is no letters", () => {
  expect(isNamedIn("anything at all", { firstName: "X", name: "X —" })).toBe(false);
});
