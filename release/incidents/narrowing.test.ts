import { expect, test } from "vitest";
import type { OutcomeCell } from "@mainstay/signals";
import { narrow, narrowedText } from "./narrowing.ts";

function cell(over: Partial<OutcomeCell>): OutcomeCell {
  return {
    version: "1.4.0",
    platform: "ios",
    os: "ios-27",
    protocol: "login/2",
    reason: null,
    count: 1,
    ...over,
  };
}

const textOf = (cells: readonly OutcomeCell[]) => {
  const narrowed = narrow(cells);
  return narrowed === null ? null : narrowedText(narrowed);
};

test("a version on which nobody gets in is named alone: that is the widest group", () => {
  expect(
    textOf([
      cell({ reason: "login_protocol_unsupported", count: 40 }),
      cell({ os: "ios-26", reason: "login_protocol_unsupported", count: 7 }),
      cell({ version: "1.3.0", protocol: "login/1", count: 4_000 }),
    ]),
  ).toBe(
    "47 of 47 failures were on 1.4.0 (login_protocol_unsupported); " +
      "0 of 4,000 log-ins that succeeded were.",
  );
});

test("one system on one version is named where the version works elsewhere", () => {
  expect(
    textOf([
      cell({ reason: "user_handle_missing", count: 47 }),
      cell({ count: 12 }),
      cell({ os: "ios-26", count: 900 }),
      cell({ version: "1.3.0", protocol: "login/1", count: 2_000 }),
      cell({ version: "1.3.0", protocol: "login/1", reason: "silent", count: 2 }),
      cell({ version: "1.3.0", protocol: "login/1", os: "ios-26", count: 600 }),
    ]),
  ).toBe(
    "47 of 49 failures were on 1.4.0 with iOS 27 (user_handle_missing); " +
      "12 of 3,512 log-ins that succeeded were.",
  );
});

test("where everything fails, everything is named; where failures lie anywhere, nothing is", () => {
  expect(textOf([cell({ reason: "silent", count: 5 })])).toBe(
    "All 5 tries to log in failed (silent), on every kind of device.",
  );
  const everywhere = ["1.3.0", "1.4.0"].flatMap((version) =>
    ["ios-26", "ios-27"].flatMap((os) => [
      cell({ version, os, count: 100 }),
      cell({ version, os, reason: "silent", count: 5 }),
    ]),
  );
  expect(textOf(everywhere)).toBeNull();
});

test("too few failures tell nothing", () => {
  expect(textOf([cell({ reason: "silent", count: 2 }), cell({ version: "1.3.0", count: 50 })])).toBeNull();
});
