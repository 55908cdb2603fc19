/** The time, as an argument. `systemClock` in packages/platform is the one real clock. */
export type Clock = { readonly now: () => Date };

/** Randomness, as an argument: `bytes(n)` gives n bytes fit for secrets and ids. */
export type Random = { readonly bytes: (length: number) => Uint8Array };

/** The bank's own time zone: business dates, cut-offs and "today" are read in it. */
export const bank_time_zone = "Europe/London";

/** A business date, `YYYY-MM-DD`, in the bank's time zone. */
export type BusinessDate = string & { readonly __businessDate: true };

/** Dear to make (tens of milliseconds on a phone), so it is made by the first who asks. */
let dateParts: Intl.DateTimeFormat | undefined;

/** The business date on which an instant falls, in the bank's time zone. */
export function businessDateOf(instant: Date): BusinessDate {
  dateParts ??= new Intl.DateTimeFormat("en-CA", {
    timeZone: bank_time_zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return dateParts.format(instant) as BusinessDate;
}

/** Adds milliseconds to an instant. */
export function addMs(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}
