import { expect, test } from "vitest";
import { initialsOf, toneOf } from "./initials.ts";

test("people have two initials, businesses one", () => {
  expect(initialsOf("Priya Raman", "person")).toBe("PR");
  expect(initialsOf("Ana de la Cruz", "person")).toBe("AC");
  expect(initialsOf("Kettle & Rye", "business")).toBe("K");
  expect(initialsOf("42", "person")).toBe("4");
});

test("a name keeps its colour", () => {
  expect(toneOf("Tom Hartley")).toBe(toneOf("Tom Hartley"));
});
