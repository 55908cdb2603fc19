import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { multiply, newEvidence, purseAfter, worthOf } from "./evidence.ts";
import { segmentsOf, segmentWeight, weightFrom } from "./segments.ts";

const seed = 20261122;

describe("running products", () => {
  it("are worth 1 before anything has been seen, and stay so when nothing is proved", () => {
    const evidence = newEvidence(3);
    expect(worthOf(evidence)).toBe(1);
    for (let block = 0; block < 100; block += 1) multiply(evidence, [1, 1, 1]);
    expect(worthOf(evidence)).toBeCloseTo(1, 12);
  });

  it("have a mean of 1 over blocks whose e-values have, whatever was seen before", () => {
    // Each block's e-value is one of two with mean 1; all 2^n histories are gone through.
    const eValue = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(eValue, { minLength: 1, maxLength: 9 }), (low) => {
        let mean = 0;
        for (let history = 0; history < 2 ** low.length; history += 1) {
          const evidence = newEvidence(2);
          low.forEach((value, at) => {
            const seen = ((history >> at) & 1) === 1 ? value : 2 - value;
            multiply(evidence, [seen, 2 - seen]);
          });
          mean += worthOf(evidence) / 2 ** low.length;
        }
        expect(mean).toBeCloseTo(1, 9);
      }),
      { seed },
    );
  });

  it("lay nothing that isn't in the purse, and always keep something for later", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (blocks) => {
        expect(purseAfter(blocks + 1)).toBeLessThan(purseAfter(blocks));
        expect(purseAfter(blocks + 1)).toBeGreaterThan(0);
      }),
      { seed },
    );
  });

  it("rise again after having been driven to nothing", () => {
    const evidence = newEvidence(1);
    for (let block = 0; block < 1000; block += 1) multiply(evidence, [0.1]);
    for (let block = 0; block < 20; block += 1) multiply(evidence, [10]);
    expect(worthOf(evidence)).toBeGreaterThan(1e6);
  });
});

describe("the weights of segments", () => {
  it("sum to 1, with what is kept for those that haven't appeared", () => {
    for (const taken of [1, 2, 12, 200]) {
      let sum = weightFrom(taken);
      for (let slot = 0; slot < taken; slot += 1) sum += segmentWeight(slot);
      expect(sum).toBeCloseTo(1, 12);
    }
  });

  it("go to each part of a cell's name, and to the cell itself", () => {
    expect(segmentsOf("os=ios-18,device=returning")).toEqual([
      "os=ios-18",
      "device=returning",
      "os=ios-18,device=returning",
    ]);
    expect(segmentsOf("ios")).toEqual(["ios"]);
    expect(segmentsOf("")).toEqual([]);
  });
});
