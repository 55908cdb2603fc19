import { describe, expect, it } from "vitest";
import { payment_states } from "@mainstay/wire";
import { mayGo, payment_transitions, transition } from "./states.ts";

describe("a payment's states", () => {
  it("are those of the wire, each with its steps", () => {
    expect(Object.keys(payment_transitions).toSorted()).toEqual([...payment_states].toSorted());
  });

  it("end in sent, undone, expired, refused or failed, and nowhere else", () => {
    const ends = payment_states.filter((state) => payment_transitions[state].length === 0);
    expect(ends.toSorted()).toEqual(["expired", "failed", "refused", "sent", "undone"]);
  });

  it("lead to an end from everywhere, and never round in a circle", () => {
    const visit = (state: (typeof payment_states)[number], seen: readonly string[]): void => {
      expect(seen).not.toContain(state);
      for (const next of payment_transitions[state]) visit(next, [...seen, state]);
    };
    visit("awaiting_approval", []);
  });

  it("don't let money that is leaving both be sent and be undone", () => {
    expect(mayGo("sending", "undoing")).toBe(false);
    expect(mayGo("undoing", "sending")).toBe(false);
    expect(mayGo("sent", "undone")).toBe(false);
  });

  it("make a step that isn't in the table a bug", () => {
    expect(() => transition("awaiting_approval", "sent")).toThrow("can't go from");
  });
});
