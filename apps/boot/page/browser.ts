/** The device's own clock, in milliseconds since 1970: for "how long ago", and for what is put off. */
export function deviceNow(): number {
  return Date.now();
}
