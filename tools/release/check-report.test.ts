import { check_journeys, type CheckRun } from "@mainstay/wire";
import { expect, test } from "vitest";
import { describeCell, describeRun } from "./check-report.ts";

type Cell = CheckRun["cells"][number];

const cellOf = (journey: string, change: Partial<Cell> = {}): Cell => ({
  ...{ version: "1.4.0", protocol: "login/2", server: "now", journey, title: `Journey ${journey}` },
  ...{ result: "passed", ms: 1_240, reason: null, steps: [], picture: null },
  ...change,
});

const red = cellOf("log-in-clock-off", {
  result: "failed",
  reason: "client_proof_invalid",
  picture: "checks/one.png",
  steps: [
    { title: "1.4.0 starts", passed: true, ms: 300, note: null },
    { title: "logs in with the passkey", passed: false, ms: 500, note: "the server answered 401" },
  ],
});

const runOf = (cells: Cell[]): CheckRun => ({
  ...{
    id: `chk_${"0".repeat(22)}`,
    candidate: "1.4.0",
    manifestSha256: "",
    stable: "1.3.0",
    browser: "Chromium",
  },
  ...{ startedAt: "2026-11-22T12:00:00.000Z", endedAt: "2026-11-22T12:01:00.000Z" },
  servers: { now: "http://localhost:8080", next: null },
  cells,
});

test("a red cell says where, why, and where its picture is", () => {
  expect(describeCell(red)).toBe(
    [
      "RED    1.4.0 login/2 running server  Journey log-in-clock-off  1.2 s  client_proof_invalid",
      "       at “logs in with the passkey”: the server answered 401",
      "       checks/one.png",
    ].join("\n"),
  );
});

test("a run in which nothing is red is green, whatever was skipped", () => {
  const cells = check_journeys.map((journey) => cellOf(journey));
  expect(describeRun(runOf(cells))).toMatchObject({ isGreen: true });
  const { words } = describeRun(runOf([...cells.slice(1), cellOf("register", { result: "skipped" })]));
  expect(words).toContain("1.4.0: 9 of 9 green.");
});

test("one red cell stops it, with the reason and what to do", () => {
  const { isGreen, words } = describeRun(runOf([cellOf("register"), red]));
  expect(isGreen).toBe(false);
  expect(words).toContain("1 of 2 are red (client_proof_invalid), so it can't be rolled out.");
  expect(words).toContain("publish it under a new version");
});

test("the matrix has a column for each version and server", () => {
  const next = cellOf("register", { version: "1.3.0", server: "next" });
  const { words } = describeRun(runOf([cellOf("register"), next, red]));
  const [, head, first, second] = words.split("\n");
  expect(head).toMatch(/^\s+1\.4\.0 now {2}1\.3\.0 next$/);
  expect(first).toMatch(/^Journey register\s+green\s+green$/);
  expect(second).toMatch(/^Journey log-in-clock-off\s+RED$/);
});
