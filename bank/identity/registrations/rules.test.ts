import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { registration_states } from "@mainstay/wire";
import { ageOn, completeAnswers, readAnswers, registration_transitions, transition } from "./rules.ts";

const now = new Date("2026-11-22T12:00:00Z");
const address = { line1: "14 Harbour Street", town: "Falmouth", postcode: "tr113ab", country: "GB" } as const;

function faultsOf(answers: Parameters<typeof readAnswers>[0]): string[] {
  const read = readAnswers(answers, now);
  return read.ok ? [] : read.error.map((fault) => fault.pointer);
}

describe("the date of birth", () => {
  test.each([
    ["2008-11-22", true],
    ["2008-11-23", false],
    ["1906-11-22", true],
    ["1905-11-21", false],
    ["2027-01-01", false],
    ["2001-02-29", false],
    ["2000-02-29", true],
    ["1990-13-01", false],
  ])("%s: may open an account: %s", (dateOfBirth, isFine) => {
    expect(faultsOf({ dateOfBirth })).toEqual(isFine ? [] : ["/answers/dateOfBirth"]);
  });

  test("on 29 February makes eighteen on 1 March of other years", () => {
    expect(ageOn("2008-02-29", "2026-02-28")).toBe(17);
    expect(ageOn("2008-02-29", "2026-03-01")).toBe(18);
  });

  test("is judged in the bank's time zone: at half past midnight in London summer it is the new day", () => {
    const read = readAnswers({ dateOfBirth: "2008-07-02" }, new Date("2026-07-01T23:30:00Z"));
    expect(read.ok).toBe(true);
  });
});

describe("names", () => {
  test.each([
    "Ada",
    "Zoë",
    "Seán",
    "O’Brien",
    "Jean-Luc",
    "van der Berg",
    "Łukasz",
    "Nguyễn",
    "李",
    "José María",
  ])("%s is one", (firstName) => expect(faultsOf({ firstName })).toEqual([]));
  test.each(["", " ", "1", "A1", "<b>", "Ada\u0000", "☂", "-"])("%j is none", (lastName) => {
    expect(faultsOf({ lastName })).toEqual(["/answers/lastName"]);
  });
  test("are kept without doubled spaces, in one form of Unicode", () => {
    const read = readAnswers({ firstName: "  Zoe\u0308   Ann " }, now);
    expect(read.ok && read.value.firstName).toBe("Zoë Ann");
  });
});

describe("the address", () => {
  test("has a UK postcode, kept in its two halves", () => {
    const read = readAnswers({ address }, now);
    expect(read.ok && read.value.address?.postcode).toBe("TR11 3AB");
  });
  test.each(["12345", "TR11", "TR11 3ABC", "T 3AB", "SW1A-1AA", "    "])("%j is no postcode", (postcode) => {
    expect(faultsOf({ address: { ...address, postcode } })).toEqual(["/answers/address/postcode"]);
  });
});

describe("e-mail and phone", () => {
  test.each(["ada@example.com", "a.b+c@sub.example.co.uk", " ada@example.com "])(
    "%s is an e-mail",
    (email) => {
      expect(faultsOf({ email })).toEqual([]);
    },
  );
  test.each(["ada", "ada@", "@example.com", "ada@localhost", "a b@example.com", "ada@-x.com", "a@b@c.de"])(
    "%s is none",
    (email) => expect(faultsOf({ email })).toEqual(["/answers/email"]),
  );
  test.each([
    ["07700 900123", "+447700900123"],
    ["+33 6 12 34 56 78", "+33612345678"],
  ])("the phone %s is kept as %s", (phone, kept) => {
    const read = readAnswers({ phone }, now);
    expect(read.ok && read.value.phone).toBe(kept);
  });
  test.each(["12345", "phone", "+44"])("%s is no phone number", (phone) => {
    expect(faultsOf({ phone })).toEqual(["/answers/phone"]);
  });
});

test("each wrong answer has its own fault, and the right ones none", () => {
  const faults = faultsOf({ firstName: "1", lastName: "Marlow", email: "no", phone: "no" });
  expect(faults).toEqual(["/answers/firstName", "/answers/email", "/answers/phone"]);
});

test("reading answers again changes nothing", () => {
  const given = {
    firstName: "Ada",
    lastName: "Marlow",
    dateOfBirth: "1990-04-12",
    address,
    phone: "07700 900123",
  };
  const read = readAnswers({ ...given, email: "ada@example.com" }, now);
  expect(read.ok && readAnswers(read.value, now)).toEqual(read);
  expect(read.ok && completeAnswers(read.value)).not.toBeNull();
  expect(completeAnswers({ ...given })).toBeNull();
});

test("reading never throws, whatever is typed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string(), (first, second) => {
      readAnswers(
        { firstName: first, lastName: second, dateOfBirth: first, email: second, phone: first },
        now,
      );
      readAnswers({ address: { line1: first, town: second, postcode: first, country: "GB" } }, now);
    }),
    { seed: 20_261_122 },
  );
});

test("a registration that has ended never moves again, and only a passed one completes", () => {
  const events = ["check", "pass", "refer", "fail", "complete"] as const;
  for (const event of events) {
    expect(transition("failed", event)).toBeNull();
    expect(transition("completed", event)).toBeNull();
  }
  const completing = registration_states.filter(
    (state) => registration_transitions[state].complete !== undefined,
  );
  expect(completing).toEqual(["passed"]);
});
