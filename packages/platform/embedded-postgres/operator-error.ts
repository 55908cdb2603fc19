/**
 * Something that whoever runs Mainstay can put right: a full disk, a port in use, a folder that can't be
 * written. The message is one whole sentence for that person, and is shown without a stack.
 */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
}

/** Says whether an error of the operating system carries one of these codes (`EACCES`, `ENOSPC` …). */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  return typeof error.code === "string" && codes.includes(error.code);
}

/**
 * Turns an error met while writing to a folder into the sentence for whoever runs Mainstay; others pass as
 * they are.
 */
export function explainFolderError(error: unknown, folder: string): unknown {
  if (hasCode(error, "EACCES", "EPERM", "EROFS", "ENOENT")) {
    return new OperatorError(`Mainstay can't write to ${folder}: make it writable, or set MAINSTAY_DATA.`);
  }
  if (hasCode(error, "ENOSPC", "EDQUOT")) {
    return new OperatorError(`The disk that holds ${folder} is full: free some space, or set MAINSTAY_DATA.`);
  }
  if (hasCode(error, "ENOTDIR", "EEXIST")) {
    return new OperatorError(`${folder} isn't a folder: move it away, or set MAINSTAY_DATA.`);
  }
  return error;
}
