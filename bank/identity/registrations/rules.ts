import { parsePhoneNumberFromString } from "libphonenumber-js";
import { businessDateOf, err, ok, type Result } from "@mainstay/kernel";
import type { Address, RegistrationAnswers } from "@mainstay/wire";
import type { CompleteAnswers, RegistrationState } from "../types.ts";

/** The youngest age at which a person may have an account of their own here. */
export const age_years_min = 18;
/** The oldest age that is taken for an age and not for a slip. */
export const age_years_max = 120;
/** How many unfinished registrations one device may have. */
export const registrations_per_device_max = 5;
/** How long the route waits for the identity check before it answers `checking`, in milliseconds. */
export const check_wait_ms_max = 4_000;
/** How long a check that was asked may take in all; an answer after the wait still counts. */
export const check_abandon_ms_max = 20_000;
/** How long after a check without an answer it is asked again. */
export const check_again_ms = 30_000;
/** After so many askings without an answer a person decides. */
export const check_tries_max = 10;

/** What moves a registration from one state to another. */
export type RegistrationEvent = "check" | "pass" | "refer" | "fail" | "complete";

/** The states of a registration and what moves it on; anything that isn't here is refused. */
export const registration_transitions: Readonly<
  Record<RegistrationState, Partial<Record<RegistrationEvent, RegistrationState>>>
> = {
  answering: { check: "checking" },
  checking: { pass: "passed", refer: "referred", fail: "failed" },
  referred: { pass: "passed", fail: "failed" },
  passed: { complete: "completed" },
  failed: {},
  completed: {},
};

/** The state after an event, or null where the event has no place in this state. */
export function transition(state: RegistrationState, event: RegistrationEvent): RegistrationState | null {
  return registration_transitions[state][event] ?? null;
}

/** An answer that can't be taken, by its JSON pointer, in the customer's words. */
export type AnswerFault = { readonly pointer: string; readonly detail: string };

/** Letters of any script with their marks, and what stands between them in names. */
const name_pattern = /^\p{L}[\p{L}\p{M}'’. -]*$/u;
/** UK postcodes (BS 7666, with GIR 0AA left out), spaces removed. */
const postcode_pattern = /^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})$/;
/** One @, no spaces, a dot in the domain; whether it exists, only an e-mail tells. */
const email_pattern =
  /^[^\s@<>"(),:;[\]\\]{1,64}@[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?(?:\.[0-9A-Za-z-]+)+$/;

const tidy = (text: string): string => text.normalize("NFC").trim().replace(/\s+/g, " ");

type Read<T> = Result<T, string>;

function readName(text: string): Read<string> {
  const name = tidy(text);
  return name_pattern.test(name) ? ok(name) : err("Use the letters of your name, as in your passport.");
}

/**
 * The age in whole years on a business date; someone born on 29 February has their birthday on 1 March
 * otherwise.
 */
export function ageOn(dateOfBirth: string, today: string): number {
  const years = Number(today.slice(0, 4)) - Number(dateOfBirth.slice(0, 4));
  return today.slice(5) < dateOfBirth.slice(5) ? years - 1 : years;
}

function readDateOfBirth(date: string, today: string): Read<string> {
  const instant = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(instant.getTime()) || instant.toISOString().slice(0, 10) !== date) {
    return err("That day isn't in the calendar.");
  }
  const age = ageOn(date, today);
  if (age < 0 || age > age_years_max) return err("Check the year of your birth.");
  if (age < age_years_min) return err("You can open an account once you're 18.");
  return ok(date);
}

function readAddress(address: Address): Read<Address> {
  const match = postcode_pattern.exec(address.postcode.toUpperCase().replace(/\s/g, ""));
  if (!match) return err("That doesn't look like a UK postcode.");
  const [line1, town, line2] = [tidy(address.line1), tidy(address.town), tidy(address.line2 ?? "")];
  if (line1 === "" || town === "") return err("Street and town can't be empty.");
  const postcode = `${match[1] ?? ""} ${match[2] ?? ""}`;
  return ok({ line1, ...(line2 === "" ? {} : { line2 }), town, postcode, country: "GB" });
}

function readEmail(text: string): Read<string> {
  const email = text.trim();
  return email_pattern.test(email) ? ok(email) : err("That doesn't look like an e-mail address.");
}

function readPhone(text: string): Read<string> {
  const phone = parsePhoneNumberFromString(text, "GB");
  // Possible, and not "valid": the ranges in use change faster than any table, and the message to it will
  // tell.
  return phone?.isPossible() ? ok(phone.number) : err("That doesn't look like a phone number.");
}

/**
 * Reads the answers given so far in their tidy form (names without doubled spaces, postcode in its two
 * halves, phone in E.164), or says what is wrong with each. `now` decides who is eighteen, in the bank's time
 * zone.
 */
export function readAnswers(
  answers: RegistrationAnswers,
  now: Date,
): Result<RegistrationAnswers, AnswerFault[]> {
  const today = businessDateOf(now);
  const faults: AnswerFault[] = [];
  const tidied: RegistrationAnswers = {};
  function take<Key extends keyof RegistrationAnswers>(
    key: Key,
    read: (given: NonNullable<RegistrationAnswers[Key]>) => Read<NonNullable<RegistrationAnswers[Key]>>,
  ): void {
    const given = answers[key];
    if (given === undefined) return;
    const result = read(given);
    if (result.ok) tidied[key] = result.value;
    else
      faults.push({
        pointer: `/answers/${key === "address" ? "address/postcode" : key}`,
        detail: result.error,
      });
  }
  take("firstName", readName);
  take("lastName", readName);
  take("dateOfBirth", (date) => readDateOfBirth(date, today));
  take("address", readAddress);
  take("email", readEmail);
  take("phone", readPhone);
  return faults.length === 0 ? ok(tidied) : err(faults);
}

/** Gives the answers where all are there, or null. */
export function completeAnswers(answers: RegistrationAnswers): CompleteAnswers | null {
  const { firstName, lastName, dateOfBirth, address, email, phone } = answers;
  if (!firstName || !lastName || !dateOfBirth || !address || !email || !phone) return null;
  return { firstName, lastName, dateOfBirth, address, email, phone };
}
