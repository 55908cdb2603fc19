import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asId, AssertionError, businessDateOf, isId, newId } from "./index.ts";

const at = (ms: number) => ({ now: () => new Date(ms) });
const bytesOf = (fill: number) => ({ bytes: (length: number) => new Uint8Array(length).fill(fill) });

describe("ids", () => {
  it("sort by the time at which they were made", () => {
    const ms = fc.integer({ min: 0, max: 2 ** 47 });
    fc.assert(
      fc.property(
        ms,
        ms,
        fc.integer({ min: 0, max: 255 }),
        fc.integer({ min: 0, max: 255 }),
        (a, b, x, y) => {
          fc.pre(a < b);
          const first = newId("pay", { clock: at(a), random: bytesOf(x) });
          const second = newId("pay", { clock: at(b), random: bytesOf(y) });
          expect(first < second).toBe(true);
        },
      ),
    );
  });

  it("have their prefix and 22 digits, whatever the bytes", () => {
    for (const fill of [0, 1, 128, 255]) {
      const id = newId("acc", { clock: at(0), random: bytesOf(fill) });
      expect(isId("acc", id)).toBe(true);
      expect(isId("pay", id)).toBe(false);
    }
  });

  it("refuse what isn't one", () => {
    expect(() => asId("acc", "acc_123")).toThrow(AssertionError);
    expect(() => asId("acc", `acc_${"0".repeat(22)}\n`)).toThrow(AssertionError);
  });
});

describe("business dates", () => {
  it("are dates in the bank's time zone, summer time included", () => {
    expect(businessDateOf(new Date("2026-06-30T23:30:00Z"))).toBe("2026-07-01");
    expect(businessDateOf(new Date("2026-12-31T23:30:00Z"))).toBe("2026-12-31");
  });
});
