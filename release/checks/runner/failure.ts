/**
 * Why a journey is red. `code` is the server's where it gave one, else `timed_out`, `not_booted`,
 * `version_changed`, `page_crashed` and the like; the message is for a person.
 */
export class CheckFailure extends Error {
  override readonly name = "CheckFailure";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** What any error means for a cell: a code, and words. */
export function failureOf(error: unknown): CheckFailure {
  if (error instanceof CheckFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  // The first line says what was waited for; the rest is the browser's own log.
  const line = (message.split("\n")[0] ?? "").slice(0, 240);
  return new CheckFailure(/timeout|timed out/i.test(line) ? "timed_out" : "not_as_expected", line);
}
