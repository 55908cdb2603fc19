import { assert } from "./assert.ts";
import type { Clock, Random } from "./clock.ts";

/**
 * An id of one kind of thing: `<prefix>_` and 22 base-62 digits, time-sortable, made by whoever gives the
 * command.
 */
export type Id<Prefix extends string = string> = `${Prefix}_${string}` & { readonly __id: Prefix };

/** The digits of an id after its prefix. */
export const id_digits = 22;

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Writes 16 bytes, read as one big-endian number, in 22 base-62 digits that sort as the bytes do. */
function toBase62(bytes: Uint8Array): string {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = "";
  while (value > 0n) {
    text = alphabet.charAt(Number(value % 62n)) + text;
    value /= 62n;
  }
  return text.padStart(id_digits, "0");
}

/**
 * Makes a new id: 48 bits of milliseconds since 1970, then 80 random bits (the layout of ULID), in base 62.
 */
export function newId<Prefix extends string>(
  prefix: Prefix,
  deps: { readonly clock: Clock; readonly random: Random },
): Id<Prefix> {
  const bytes = new Uint8Array(16);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(deps.clock.now().getTime()) << 16n);
  bytes.set(deps.random.bytes(10), 6);
  return `${prefix}_${toBase62(bytes)}` as Id<Prefix>;
}

/** The pattern that an id of a kind matches, for schemas. */
export function idPattern(prefix: string): string {
  return `^${prefix}_[0-9A-Za-z]{${id_digits}}$`;
}

/** Says whether a text is an id of a kind. */
export function isId<Prefix extends string>(prefix: Prefix, text: string): text is Id<Prefix> {
  return new RegExp(idPattern(prefix)).test(text);
}

/** Brands a text that a schema has already validated; anything else is a bug. */
export function asId<Prefix extends string>(prefix: Prefix, text: string): Id<Prefix> {
  assert(isId(prefix, text), `not an id of kind ${prefix}`);
  return text;
}
