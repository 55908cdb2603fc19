import { describe, expect, it } from "vitest";
import { message_placeholders } from "@mainstay/wire";
import { findCustomerData, tidyText } from "./leaks.ts";
import {
  fillIn,
  lengthText,
  longestLength,
  missingFor,
  placeholdersOf,
  timeText,
  unknownPlaceholders,
} from "./placeholders.ts";
import { bannerOf, draftOf } from "./template.ts";
import { incidentOf, personOf } from "./test-scene.ts";
import { whyNotWords } from "./writing.ts";

const incident = incidentOf();
const ruth = personOf("person_ruth");
const sofia = personOf("person_sofia", { isBack: false, backAt: null });
const reader = { person: ruth, incident };

describe("a placeholder", () => {
  it("says each customer's own times, in London, winter and summer", () => {
    const text =
      "{date}, {first_failure}, {last_failure}, {back_in}, {out_for}, {tries}, {rolled_back_at}, {incident}";
    expect(fillIn(text, reader)).toBe(
      "23 November 2026, 08:41, 08:42, 09:03, 21 minutes 52 seconds, 4 times, 08:53, INC-0041",
    );
    const summer = personOf("person_ruth", { firstFailureAt: new Date("2026-07-01T23:30:00Z") });
    expect(fillIn("{date} {first_failure}", { person: summer, incident })).toBe("2 July 2026 00:30");
  });

  it("that lies on another day says which", () => {
    const first = new Date("2026-11-23T23:59:30Z");
    expect(timeText(new Date("2026-11-24T00:01:00Z"), first)).toBe("00:01 on 24 November 2026");
  });

  it("tells lengths and tries as people say them", () => {
    expect([7_000, 60_000, 3_720_000, 90_000_000, 0].map(lengthText)).toEqual([
      ...["7 seconds", "1 minute", "1 hour 2 minutes", "1 day 1 hour", "1 second"],
    ]);
    const tries = (count: number) => fillIn("{tries}", { person: { ...ruth, tries: count }, incident });
    expect([1, 2, 3].map(tries)).toEqual(["once", "twice", "3 times"]);
  });

  it("for the name stays for the bank to fill in, and what is filled in isn't read again", () => {
    expect(fillIn("Hello {first_name}", reader)).toBe("Hello {first_name}");
    const odd = { person: ruth, incident: incidentOf({ number: "{first_name}" }) };
    expect(fillIn("{incident} {tries}", odd)).toBe("{first_name} 4 times");
  });

  it("that can't be filled in for somebody now is named, and stays as it is", () => {
    const names = placeholdersOf({
      subject: "{back_in}",
      text: "{first_name} {out_for} {rolled_back_at} {tries}",
    });
    expect(missingFor(names, reader)).toEqual([]);
    expect(missingFor(names, { person: sofia, incident })).toEqual(["back_in", "out_for"]);
    const running = incidentOf({ takenBackAt: null, scope: { ...incident.scope, until: null } });
    expect(missingFor(names, { person: ruth, incident: running })).toEqual(["rolled_back_at"]);
    expect(fillIn("{back_in}", { person: sofia, incident })).toBe("{back_in}");
    const takenBack = { ...running, takenBackAt: new Date("2026-11-23T08:55:00Z") };
    expect(fillIn("{rolled_back_at}", { person: ruth, incident: takenBack })).toBe("08:55");
  });

  it.each([
    "{last_name}",
    "{First_name}",
    "{ first_name }",
    "{{first_name}}",
    "{}",
    "{constructor}",
    "{",
    "}",
    "{a\nb}",
  ])("that is none is refused: %j", (typed) => {
    expect(unknownPlaceholders({ subject: "x", text: `Hello ${typed} you` })).not.toEqual([]);
    expect(whyNotWords({ subject: typed, text: "x" }, [])).toMatchObject({ code: "placeholder_unknown" });
  });

  it("is one of those that everybody has, and each of them is", () => {
    const text = message_placeholders.map((name) => `{${name}}`).join(" ");
    expect(unknownPlaceholders({ subject: text, text })).toEqual([]);
    expect(fillIn(text, reader)).not.toMatch(/\{(?!first_name)/);
    expect(longestLength(text)).toBeGreaterThanOrEqual(fillIn(text, reader).length);
  });
});

describe("a message that would tell everybody something of one customer", () => {
  const people = [ruth, sofia, personOf("person_0123456789abcdefghijAB")];
  it.each([
    ["a reference", "person_0123456789abcdefghijAB had it"],
    ["a reference that is none of the usual ones", "person_sofia had it"],
    ["an installation", "ins_of_person_ruth"],
    ["a payment", "pay_0123456789abcdefghijAB"],
    ["an e-mail address", "write to ruth.okonkwo@example.org"],
    ["an address that only looks like the bank's", "write to x@mainstay.example.org"],
    ["an account number", "account 12345678"],
    ["an account number, spaced", "account 1234 5678"],
    ["an account number in full-width figures", "account １２３４５６７８"],
    ["a sort code", "sort code 00-42-17"],
    ["an IBAN", "GB35 MNST 0042 1712 3456 78"],
    ["an IBAN without spaces", "GB35MNST00421712345678"],
    ["a card", "card 4000 0566 5566 5556"],
    ["a phone number", "call +44 7700 900123"],
    ["a phone number with brackets", "call (020) 7946 0958"],
    ["the second at which somebody was kept out", "at 08:41:12 it failed"],
    ["the second at which somebody was back", "at 9.03.04 it worked"],
    ["a name in the greeting", "Hello Ruth, we’re sorry"],
    ["a name after a comma", "Dear Mrs Okonkwo, we’re sorry"],
    ["a name in another alphabet", "Hi Σοφία, we’re sorry"],
  ])("is refused with a sentence: %s", (_what, text) => {
    expect(findCustomerData({ subject: "News", text }, people)).toHaveLength(1);
    expect(whyNotWords({ subject: text, text: "x" }, people)).toMatchObject({ code: "customer_data" });
  });

  it.each([
    "Hello {first_name}, on 23 November 2026 at 08:41 it failed.",
    "From 08:41 to 09:03:00 on 2026-11-23 and 23/11/2026 8.4.1 refused log-ins.",
    "Write to hello@mainstay.example or answer this message. We call this INC-0041.",
    "Hello, we took it back. Hi there. Dear customer. Hello again, it’s us. Dear all.",
    "31 of 26,840 people, 47 tries, £1,250.00, 22 s, 99.97 %",
  ])("isn't one that tells what everybody may know: %s", (text) => {
    expect(findCustomerData({ subject: "News", text }, people)).toEqual([]);
  });

  it("can't be hidden by what nobody sees", () => {
    const hidden = `ruth@exam\u200Bple.org \u202Eabc 12\u00AD345678`;
    expect(tidyText(hidden)).toBe("ruth@example.org abc 12345678");
    expect(tidyText(" a\r\nb\u0000\u0007 ")).toBe("a\nb");
  });
});

describe("a draft", () => {
  it.each([
    ["taken back", incidentOf()],
    ["taken back, with its end unknown", incidentOf({ scope: { ...incident.scope, until: null } })],
    ["still running", incidentOf({ takenBackAt: null, scope: { ...incident.scope, until: null } })],
    [
      "of the bank itself",
      incidentOf({ scope: { ...incident.scope, versions: [], components: ["payments", "pots"] } }),
    ],
    [
      "opened by hand, of nothing named",
      incidentOf({ scope: { ...incident.scope, versions: [], components: [] } }),
    ],
  ])("of an incident %s tells all five things, has nobody wait, and may be sent", (_what, of) => {
    const words = draftOf(of);
    expect(whyNotWords(words, [ruth, sofia])).toBeNull();
    expect(missingFor(placeholdersOf(words), { person: sofia, incident: of })).toEqual([]);
    const parts = ["What happened:", "What it meant for you:", "What we ", "What you need do:", "apologise"];
    const places = parts.map((part) => words.text.indexOf(part));
    expect(places).toEqual(places.toSorted((left, right) => left - right));
    expect(places[0]).toBeGreaterThan(0);
  });

  it("reads well for who is affected", () => {
    const { subject, text } = draftOf(incident);
    expect(fillIn(subject, reader)).toBe("You couldn’t log in on 23 November 2026. We’ve put it right.");
    expect(fillIn(text, reader)).toContain(
      "you tried 4 times and were refused, first at 08:41 and last at 08:42. Your money was safe",
    );
  });

  it("isn't longer than a banner may be", () => {
    for (const of of [
      incident,
      incidentOf({ state: "triage", takenBackAt: null, scope: { ...incident.scope, until: null } }),
    ]) {
      const { title, text } = bannerOf(of);
      expect(title.length).toBeLessThanOrEqual(140);
      expect(text.length).toBeLessThanOrEqual(500);
    }
  });
});
