import { expect, test } from "vitest";
import { firstLoadFiles } from "./report-first-load.ts";

test("the first load is the entry and all that it imports, and nothing that is fetched later", () => {
  const chunks = new Map([
    ["main.js", { isEntry: true, imports: ["framework.js", "common.js"] }],
    ["common.js", { isEntry: false, imports: ["framework.js"] }],
    ["framework.js", { isEntry: false, imports: [] }],
    ["home.js", { isEntry: false, imports: ["common.js"] }],
  ]);
  expect(firstLoadFiles(chunks).toSorted()).toEqual(["common.js", "framework.js", "main.js"]);
});
