import { randomBytes } from "node:crypto";
import type { Clock, Random } from "@mainstay/kernel";

/** The real time: the one place where the bank's servers read it. */
export const systemClock: Clock = { now: () => new Date() };

/** Random bytes of the operating system, fit for secrets. */
export const systemRandom: Random = { bytes: (length) => randomBytes(length) };
