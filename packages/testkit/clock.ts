import { seededNumbers, type Clock, type Random } from "@mainstay/kernel";

/** A clock that stands still until it is told to go on. */
export type FakeClock = Clock & {
  /** Goes on by some milliseconds; a negative number goes back. */
  readonly advance: (ms: number) => void;
  readonly set: (instant: Date) => void;
};

/** Makes a clock that shows `start` (an RFC 3339 time). */
export function fakeClock(start: string = "2026-11-22T12:00:00Z"): FakeClock {
  let now_ms = new Date(start).getTime();
  return {
    now: () => new Date(now_ms),
    advance: (ms) => {
      now_ms += ms;
    },
    set: (instant) => {
      now_ms = instant.getTime();
    },
  };
}

/** Makes bytes that are the same in every run, from a seed; never for anything but tests. */
export function seededRandom(seed: number): Random {
  const next = seededNumbers(seed);
  return { bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff) };
}
