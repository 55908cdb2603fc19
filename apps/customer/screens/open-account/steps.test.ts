import { describe, expect, test } from "vitest";
import { dateOfBirth, isEmail, nextQuestion, phoneNumber, postcode } from "./steps.ts";

const now = new Date("2026-11-22T09:00:00Z");

describe("answers as people type them", () => {
  test("a day that doesn't exist, or hasn't come, is no date of birth", () => {
    expect(dateOfBirth("7", "3", "1990", now)).toBe("1990-03-07");
    expect(dateOfBirth("29", "2", "2000", now)).toBe("2000-02-29");
    expect(dateOfBirth("29", "2", "2001", now)).toBeNull();
    expect(dateOfBirth("31", "11", "1990", now)).toBeNull();
    expect(dateOfBirth("1", "1", "2027", now)).toBeNull();
    expect(dateOfBirth("1", "1", "90", now)).toBeNull();
  });

  test("postcodes get their form", () => {
    expect(postcode("bs14dj")).toBe("BS1 4DJ");
    expect(postcode("SW1A 1AA")).toBe("SW1A 1AA");
    expect(postcode("12345")).toBeNull();
  });

  test("telephone numbers get their country", () => {
    expect(phoneNumber("07700 900123")).toBe("+447700900123");
    expect(phoneNumber("+49 30 901820")).toBe("+4930901820");
    expect(phoneNumber("0044 7700 900123")).toBe("+447700900123");
    expect(phoneNumber("twelve")).toBeNull();
  });

  test("an e-mail address has an @ and a place", () => {
    expect(isEmail("nia@example.org")).toBe(true);
    expect(isEmail("nia@example")).toBe(false);
    expect(isEmail("nia example.org")).toBe(false);
  });
});

test("an interrupted way goes on at the first question without an answer", () => {
  expect(nextQuestion({})).toBe("name");
  expect(nextQuestion({ firstName: "Nia", lastName: "Calloway", dateOfBirth: "1990-03-07" })).toBe("address");
});
