import { describe, expect, it } from "vitest";
import { compareTransfers } from "./reconciliation.ts";

const at = new Date("2026-11-23T12:00:00Z");
const quietSince = new Date("2026-11-23T12:00:10Z");
const told = (state: "posting" | "booked" | "rejected", amount = 100n) => ({ uetr: "u", at, amount, state });
const booked = (amount = 100n) => ({ uetr: "u", at, amount });

describe("ledger and messages", () => {
  it.each([
    ["booked on both sides", [told("booked")], [booked()]],
    ["rejected, and not in the ledger", [told("rejected")], []],
    ["not decided yet", [told("posting")], []],
    ["nothing", [], []],
  ])("agree where a transfer is %s", (_what, tolds, bookeds) => {
    expect(compareTransfers({ told: tolds, booked: bookeds, quietSince })).toEqual([]);
  });

  it.each([
    ["booked by the messages alone", [told("booked")], [], "missing", "booked"],
    ["in the ledger alone", [], [booked()], "booked", "missing"],
    ["of another amount", [told("booked", 99n)], [booked()], "other-amount", "booked"],
    ["booked though it was rejected", [told("rejected")], [booked()], "booked", "rejected"],
  ] as const)("differ where one is %s", (_what, tolds, bookeds, ledger, message) => {
    const found = compareTransfers({ told: tolds, booked: bookeds, quietSince });
    expect(found).toMatchObject([{ uetr: "u", ledger, message }]);
  });

  it("aren't compared while a transfer may be under way", () => {
    expect(compareTransfers({ told: [told("booked")], booked: [], quietSince: new Date(0) })).toEqual([]);
  });
});
