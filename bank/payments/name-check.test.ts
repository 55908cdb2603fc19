import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkName, similarity } from "./name-check.ts";

describe("a name that matches", () => {
  it.each([
    ["Tom Hartley", "Tom Hartley"],
    ["tom  HARTLEY ", "Tom Hartley"],
    ["Mr Tom Hartley", "Tom Hartley"],
    ["Dr. Tom Hartley", "Prof Tom Hartley"],
    ["Zoe Oconnor", "Zoë O'Connor"],
    ["Anne-Marie Duff", "Anne Marie Duff"],
    ["AnneMarie Duff", "Anne Marie Duff"],
    ["Tom James Hartley", "Tom Hartley"],
    ["Tom Hartley", "Tom James Hartley"],
    ["Jörg Weiß", "Jorg Weiss"],
  ])("%s is %s", (typed, holder) => {
    expect(checkName(typed, holder)).toEqual({ result: "match" });
  });
});

describe("a name that nearly matches", () => {
  it.each([
    ["Thomas Hartley", "Tom Hartley"],
    ["T Hartley", "Tom Hartley"],
    ["T. J. Hartley", "Tom Hartley"],
    ["Tom Hartly", "Tom Hartley"],
    ["Hartley Tom", "Tom Hartley"],
    ["Liz Smith", "Elizabeth Smith"],
    ["John Smyth", "John Smith"],
    ["Maryann Cole", "Mary-Anne Cole"],
  ])("%s may be %s, and the answer tells the holder's name", (typed, holder) => {
    expect(checkName(typed, holder)).toEqual({ result: "close_match", name: holder, code: "MBAM" });
  });
});

describe("another name", () => {
  it.each([
    ["Tom Baker", "Tom Hartley"],
    ["Ada Hartley", "Tom Hartley"],
    ["Hartley", "Tom Hartley"],
    ["Tom", "Tom Hartley"],
    ["T", "Tom Hartley"],
    ["A Hartley", "Tom Hartley"],
    ["Harbour Lights Ltd", "Tom Hartley"],
    ["!!!", "Tom Hartley"],
    ["Mr", "Tom Hartley"],
  ])("%s is not %s, and nothing is told of the holder", (typed, holder) => {
    expect(checkName(typed, holder)).toEqual({ result: "no_match", code: "ANNM" });
  });

  it("never tells a name that shares nothing with what was typed, whatever was typed", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 140, unit: "binary" }), (typed) => {
        const answer = checkName(typed, "Xqzvkj Wqxzyv");
        return answer.result === "match" ? /xqzvkj/i.test(typed.normalize("NFKD")) : true;
      }),
    );
  });
});

describe("similarity", () => {
  it("is symmetric, 1 for the same and never outside 0 to 1", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (one, other) => {
        const value = similarity(one, other);
        expect(value).toBe(similarity(other, one));
        expect(similarity(one, one)).toBe(1);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("counts a swap of neighbours as one slip", () => {
    expect(similarity("hartley", "harltey")).toBeCloseTo(1 - 1 / 7);
  });
});
