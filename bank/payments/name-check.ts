import type { NameCheck } from "@mainstay/wire";

/**
 * How alike two names must be, from 0 to 1, to count as a close match. Chosen so that one slip a name passes.
 */
export const close_match_min = 0.8;

/** How alike a single part (one given name) must be to the part that it stands for. */
const part_match_min = 0.74;

const titles = new Set([
  "mr",
  "mrs",
  "miss",
  "ms",
  "mx",
  "dr",
  "prof",
  "professor",
  "sir",
  "dame",
  "lady",
  "lord",
  "rev",
  "reverend",
]);

/**
 * Short forms that people use for each other's names. Two names of one row are a close match: the answer then
 * shows the holder's own form, and the customer decides.
 */
const short_forms: readonly (readonly string[])[] = [
  ["alexander", "alex", "sandy"],
  ["alexandra", "alex", "sandra"],
  ["andrew", "andy", "drew"],
  ["anthony", "tony"],
  ["benjamin", "ben"],
  ["catherine", "katherine", "kate", "cathy", "katie"],
  ["charles", "charlie"],
  ["christopher", "chris"],
  ["christine", "christina", "chris"],
  ["daniel", "dan", "danny"],
  ["david", "dave"],
  ["edward", "ed", "eddie", "ted"],
  ["elizabeth", "liz", "beth", "lizzie", "eliza"],
  ["frances", "fran"],
  ["frederick", "fred"],
  ["gregory", "greg"],
  ["harold", "harry"],
  ["henry", "harry"],
  ["isabella", "isabel", "bella", "izzy"],
  ["james", "jim", "jamie", "jimmy"],
  ["jennifer", "jen", "jenny"],
  ["jessica", "jess"],
  ["john", "jack", "johnny"],
  ["jonathan", "jon", "jonny"],
  ["joseph", "joe"],
  ["joshua", "josh"],
  ["margaret", "maggie", "meg", "peggy"],
  ["matthew", "matt"],
  ["michael", "mike", "mick"],
  ["mohammed", "muhammad", "mohamed", "mohammad", "mo"],
  ["nicholas", "nick"],
  ["oliver", "ollie"],
  ["patricia", "pat", "trish"],
  ["patrick", "pat", "paddy"],
  ["peter", "pete"],
  ["rebecca", "becky"],
  ["richard", "rick", "dick", "richie"],
  ["robert", "rob", "bob", "bobby"],
  ["samantha", "sam"],
  ["samuel", "sam"],
  ["stephen", "steven", "steve"],
  ["susan", "sue", "suzie"],
  ["theodore", "theo", "ted"],
  ["thomas", "tom", "tommy"],
  ["timothy", "tim"],
  ["victoria", "vicky", "tori"],
  ["william", "will", "bill", "billy", "liam"],
  ["zachary", "zac", "zach"],
];

/** What two names come to: `parts` in the order given, folded to plain lower-case letters. */
function partsOf(name: string): readonly string[] {
  const folded = name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .replaceAll("æ", "ae")
    .replaceAll("œ", "oe")
    .replaceAll("ø", "o")
    .replaceAll("đ", "d")
    .replaceAll("ł", "l")
    // An apostrophe joins (O'Neill is one word), a hyphen or a full stop parts.
    .replaceAll(/['’`]/g, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return folded.split(" ").filter((part) => part !== "" && !titles.has(part));
}

/**
 * Compares the name that a customer typed with the account's real holder and answers as confirmation of payee
 * does: a match; a close match, which tells the holder's name (`MBAM`: may be a match); or no match (`ANNM`:
 * the account's name isn't this one), which tells nothing of the holder.
 */
export function checkName(typed: string, holder: string): NameCheck {
  const given = partsOf(typed);
  const real = partsOf(holder);
  if (given.length === 0 || real.length === 0) return { result: "no_match", code: "ANNM" };
  if (isSame(given, real)) return { result: "match" };
  if (likeness(given, real) >= close_match_min) return { result: "close_match", name: holder, code: "MBAM" };
  return { result: "no_match", code: "ANNM" };
}

/**
 * The same letters, however they are parted; or the same first and last name, where one side has a middle
 * name more.
 */
function isSame(given: readonly string[], real: readonly string[]): boolean {
  if (given.join("") === real.join("")) return true;
  if (given.length < 2 || real.length < 2) return false;
  const ends = given[0] === real[0] && given.at(-1) === real.at(-1);
  const [shorter, longer] = given.length <= real.length ? [given, real] : [real, given];
  return ends && shorter.every((part) => longer.includes(part));
}

/**
 * From 0 to 1. The family name must be near by itself: a stranger of the same given name never is a close
 * match. Given names may be initials, short forms or in another order.
 */
function likeness(given: readonly string[], real: readonly string[]): number {
  const inOrder = orderedLikeness(given, real);
  const turned = orderedLikeness([...given.slice(1), given[0] ?? ""], real);
  const joined = similarity(given.join(""), real.join(""));
  // A slip across the border of two words ("Maryann" for "Mary Ann") shows only in the whole.
  const whole = given.length > 1 && joined >= 0.9 ? joined : 0;
  return Math.max(inOrder, turned, whole);
}

function orderedLikeness(given: readonly string[], real: readonly string[]): number {
  const [givenFamily, realFamily] = [given.at(-1) ?? "", real.at(-1) ?? ""];
  const family = similarity(givenFamily, realFamily);
  if (family < part_match_min) return 0;
  const [givenFirst, realFirst] = [given.slice(0, -1), real.slice(0, -1)];
  // A family name alone says too little about whose account it is.
  if (givenFirst.length === 0 || realFirst.length === 0) return 0;
  const first = Math.max(
    ...givenFirst.flatMap((part) => realFirst.map((other) => partLikeness(part, other))),
  );
  return first < part_match_min ? 0 : (family + first) / 2;
}

function partLikeness(part: string, other: string): number {
  if (part === other) return 1;
  if (part.length === 1 || other.length === 1) return part[0] === other[0] ? 0.9 : 0;
  if (short_forms.some((row) => row.includes(part) && row.includes(other))) return 0.9;
  return similarity(part, other);
}

/**
 * One minus the edit distance (insert, delete, replace, swap of neighbours) as a share of the longer text.
 */
export function similarity(left: string, right: string): number {
  const longest = Math.max(left.length, right.length);
  return longest === 0 ? 1 : 1 - editDistance(left, right) / longest;
}

/** Optimal string alignment distance: Damerau's edit distance in which no part is edited twice. */
function editDistance(left: string, right: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + (same ? 0 : 1),
      );
      const swapped = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (row > 1 && column > 1 && swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
