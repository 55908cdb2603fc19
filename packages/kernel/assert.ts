/** Thrown when the program itself is wrong. Nothing catches it to carry on. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** States what must be true here; a false condition is a bug and throws `AssertionError`. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Ends a switch over a union: the compiler refuses the call while a member is unhandled. */
export function unreachable(value: never): never {
  throw new AssertionError(`unhandled case: ${JSON.stringify(value)}`);
}

/** Returns the value, or throws when it is null or undefined: for what the program knows to be there. */
export function present<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new AssertionError(`missing: ${what}`);
  return value;
}
