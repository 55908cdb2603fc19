import { bank_time_zone } from "@mainstay/kernel";
import type { AffectedPerson } from "@mainstay/incidents";
import type { Words } from "./types.ts";

/**
 * What would tell everybody something of one customer. A machine can't know all that; it knows what
 * customers'
 * data look like, and everybody's own times. Each finding is a sentence for whoever typed it.
 */
type Pattern = {
  readonly pattern: RegExp;
  readonly why: (found: string) => string;
  /** What looks like it and is nobody's. */
  readonly isFine?: (found: string) => boolean;
};

/** Addresses that are the bank's own. */
const own_address = /@mainstay\.example$/i;
/** A day in figures, `2026-11-23` or `23/11/2026`, which is nobody's number. */
const date_in_figures = /\b(?:20\d{2}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-]20\d{2})\b/g;
/** Whom one greets without knowing them. */
const nobody_in_particular: ReadonlySet<string> = new Set([
  ...["there", "all", "everyone", "everybody", "customer", "customers", "again"],
  // Words with which a sentence goes on.
  ...[
    "a",
    "an",
    "at",
    "for",
    "i",
    "in",
    "it",
    "on",
    "our",
    "some",
    "the",
    "this",
    "today",
    "we",
    "you",
    "your",
  ],
]);

const patterns: readonly Pattern[] = [
  {
    pattern: /\b[a-z]{2,12}_[0-9A-Za-z]{22}\b/g,
    why: (found) => `“${found}” is a reference of a customer or of something of theirs. Take it out.`,
  },
  {
    pattern: /[\w.+'-]+@[\w-]+(?:\.[\w-]+)+/g,
    isFine: (found) => own_address.test(found),
    why: (found) => `“${found}” is somebody’s e-mail address. Only the bank’s own may stand here.`,
  },
  {
    // ISO 13616: country, two check digits, and eleven to thirty more.
    pattern: /\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b/g,
    why: (found) => `“${found}” is an IBAN. Take it out.`,
  },
  {
    pattern: /\b\d{2}[- ]\d{2}[- ]\d{2}\b(?![- ]?\d)/g,
    why: (found) => `“${found}” looks like a sort code. Take it out.`,
  },
  {
    // Eight figures or more, however they are spaced: account, card or phone.
    pattern: /(?<![\w])(?:\+|\(0\))?\d(?:[ ().-]{0,2}\d){7,}(?!\w)/g,
    why: (found) => `“${found}” looks like the number of an account, a card or a phone. Take it out.`,
  },
  {
    pattern: /\b(?:hello|hi|hey|dear|morning|afternoon|evening)[ ,]+(?:mr |mrs |ms |dr )?\p{L}[\p{L}'’-]+/giu,
    isFine: (found) => !isGreetedByName(found),
    why: (found) => `“${found}” greets one customer, and everybody would read it. Write {first_name} there.`,
  },
];

/** The greeting itself is read in any case of letters; a name begins with a capital. */
function isGreetedByName(greeting: string): boolean {
  const name = /(\S+)$/u.exec(greeting)?.[1] ?? "";
  return /^\p{Lu}/u.test(name) && !nobody_in_particular.has(name.toLowerCase());
}

const second_format = new Intl.DateTimeFormat("en-GB", {
  timeZone: bank_time_zone,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** A time to the second is somebody's: the day as a whole is told in minutes. */
function ownTimes(words: string, people: readonly AffectedPerson[]): readonly string[] {
  const typed = new Set(words.match(/\b\d{1,2}[:.]\d{2}[:.]\d{2}\b/g) ?? []);
  if (typed.size === 0) return [];
  const known = new Set(
    people.flatMap(({ firstFailureAt, lastFailureAt, backAt }) =>
      [firstFailureAt, lastFailureAt, backAt].flatMap((at) =>
        at === null ? [] : [second_format.format(at)],
      ),
    ),
  );
  return [...typed]
    .filter((time) => known.has(time.replaceAll(".", ":").padStart(8, "0")))
    .map(
      (time) =>
        `${time} is the very second at which one customer was kept out or back in. ` +
        "Write {first_failure}, {last_failure} or {back_in}, or a time without seconds.",
    );
}

/** A text as it is searched: figures and letters in one form, whatever their width; without days. */
function readable(text: string): string {
  return text.normalize("NFKC").replaceAll(date_in_figures, "(a day)");
}

/** Why a message would tell everybody something of one customer: sentences, empty where it wouldn't. */
export function findCustomerData(
  { subject, text }: Words,
  people: readonly AffectedPerson[],
): readonly string[] {
  const found: string[] = [];
  let left = readable(`${subject}\n${text}`);
  // What was found is taken out, so that it isn't found again as something else.
  const take = (one: string, why: string): void => {
    found.push(why);
    left = left.replaceAll(one, "·");
  };
  for (const reference of people.flatMap(({ customer, installations }) => [...installations, customer])) {
    if (left.includes(reference)) {
      take(reference, `“${reference}” is a reference of an affected customer. Take it out.`);
    }
  }
  for (const { pattern, isFine, why } of patterns) {
    for (const one of left.match(pattern) ?? []) if (isFine?.(one) !== true) take(one, why(one.trim()));
  }
  return [...new Set([...found, ...ownTimes(left, people)])];
}

/**
 * A text as it is kept: one form of Unicode; no control characters but line ends; nothing invisible, by which
 * what is looked for here could be hidden, or the direction of writing turned.
 */
export function tidyText(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[^\P{C}\n]/gu, "")
    .trim();
}
