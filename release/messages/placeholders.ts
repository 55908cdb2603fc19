import { bank_time_zone } from "@mainstay/kernel";
import type { AffectedPerson, IncidentRecord } from "@mainstay/incidents";
import { message_placeholders, type MessagePlaceholder } from "@mainstay/wire";
import type { Words } from "./types.ts";

/** Whatever stands between braces, well formed or not. */
const placeholder_pattern = /\{([^{}]*)\}/g;

const date_format = new Intl.DateTimeFormat("en-GB", { timeZone: bank_time_zone, dateStyle: "long" });
const time_format = new Intl.DateTimeFormat("en-GB", {
  timeZone: bank_time_zone,
  hour: "2-digit",
  minute: "2-digit",
});

/** A day as the bank's customers read it: `23 November 2026`, in Europe/London. */
export function dateText(at: Date): string {
  return date_format.format(at);
}

/** A time of day in Europe/London, `08:41`; with its day where that isn't the day of `beside`. */
export function timeText(at: Date, beside: Date): string {
  const time = time_format.format(at);
  return dateText(at) === dateText(beside) ? time : `${time} on ${dateText(at)}`;
}

const ms_of = { day: 24 * 60 * 60_000, hour: 60 * 60_000, minute: 60_000, second: 1_000 } as const;

/** A length of time in words, its two largest parts: `21 minutes 52 seconds`, `1 hour`, `7 seconds`. */
export function lengthText(length_ms: number): string {
  let left = Math.max(length_ms, ms_of.second);
  const parts = Object.entries(ms_of).flatMap(([unit, unit_ms]) => {
    const count = Math.floor(left / unit_ms);
    left -= count * unit_ms;
    return count === 0 ? [] : [`${count} ${unit}${count === 1 ? "" : "s"}`];
  });
  return parts.slice(0, 2).join(" ");
}

function timesText(count: number): string {
  if (count === 1) return "once";
  return count === 2 ? "twice" : `${count} times`;
}

/** Whom a message is filled in for, and the incident that it tells of. */
export type Reader = { readonly person: AffectedPerson; readonly incident: IncidentRecord };

/**
 * What each placeholder says to one customer; null where that isn't known now. `first_name` is the bank's.
 */
const fillers: Readonly<
  Record<Exclude<MessagePlaceholder, "first_name">, (reader: Reader) => string | null>
> = {
  first_failure: ({ person }) => timeText(person.firstFailureAt, person.firstFailureAt),
  last_failure: ({ person }) => timeText(person.lastFailureAt, person.firstFailureAt),
  back_in: ({ person }) =>
    person.isBack && person.backAt !== null ? timeText(person.backAt, person.firstFailureAt) : null,
  // Who is out still is out for longer with every second: that can't be written down.
  out_for: ({ person }) => (person.isBack ? lengthText(person.out_ms) : null),
  tries: ({ person }) => timesText(person.tries),
  date: ({ person }) => dateText(person.firstFailureAt),
  rolled_back_at: ({ person, incident: { takenBackAt, scope } }) => {
    const at = takenBackAt ?? scope.until;
    return at === null ? null : timeText(at, person.firstFailureAt);
  },
  incident: ({ incident }) => incident.number,
};

/** The longest that each placeholder can become, for limits of length. A name is as long as names may be. */
const longest_fill: Readonly<Record<MessagePlaceholder, number>> = {
  first_name: 60,
  first_failure: 30,
  last_failure: 30,
  back_in: 30,
  out_for: 30,
  tries: 12,
  date: 20,
  rolled_back_at: 30,
  incident: 12,
};

function isPlaceholder(name: string): name is MessagePlaceholder {
  return (message_placeholders as readonly string[]).includes(name);
}

/** The placeholders of a text that somebody can fill in, each once. */
export function placeholdersOf({ subject, text }: Words): readonly MessagePlaceholder[] {
  const names = [...`${subject}\n${text}`.matchAll(placeholder_pattern)].map((match) => match[1] ?? "");
  return [...new Set(names)].filter(isPlaceholder);
}

/**
 * What of a text looks like a placeholder and is none, as typed, each once: `{last_name}`, `{First_name}`,
 * or a
 * brace without its other half.
 */
export function unknownPlaceholders({ subject, text }: Words): readonly string[] {
  const whole = `${subject}\n${text}`;
  const unknown = [...whole.matchAll(placeholder_pattern)].flatMap(([typed, name = ""]) =>
    isPlaceholder(name) ? [] : [typed],
  );
  const rest = whole.replaceAll(placeholder_pattern, "");
  const braces = ["{", "}"].filter((brace) => rest.includes(brace));
  return [...new Set([...unknown, ...braces])];
}

/** How long a text may become once everything is filled in, in UTF-16 units. */
export function longestLength(text: string): number {
  return text.replaceAll(placeholder_pattern, (typed, name: string) =>
    isPlaceholder(name) ? "x".repeat(longest_fill[name]) : typed,
  ).length;
}

/** What couldn't be filled in for a reader now. */
export function missingFor(
  names: readonly MessagePlaceholder[],
  reader: Reader,
): readonly MessagePlaceholder[] {
  return names.filter((name) => name !== "first_name" && fillers[name](reader) === null);
}

/**
 * A text as one customer reads it. `{first_name}` stays, since only the bank knows names; so does what
 * can't be
 * filled in now. What was filled in isn't read again.
 */
export function fillIn(text: string, reader: Reader): string {
  return text.replaceAll(placeholder_pattern, (typed, name: string) =>
    isPlaceholder(name) && name !== "first_name" ? (fillers[name](reader) ?? typed) : typed,
  );
}
