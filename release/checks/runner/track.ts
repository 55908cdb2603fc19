import { systemClock } from "@mainstay/platform";
import type { CheckCell } from "@mainstay/wire";
import { CheckFailure, failureOf } from "./failure.ts";
import type { CheckPhone, Watch } from "./phone.ts";

/** How long a whole journey may take, in milliseconds. */
export const journey_ms_max = 90_000;

type Step = CheckCell["steps"][number];

/** What becomes of a phone at the end of its journey: others go on with one that is kept. */
type PhoneEnd = "close" | "keep" | "keep-if-passed";

/** One journey under way: its steps, and the phones that it holds. */
export type Track = {
  readonly step: <T>(title: string, run: () => Promise<T>) => Promise<T>;
  /** Takes a phone on: it is watched for refusals and pictured on red. */
  readonly phone: (opening: Promise<CheckPhone> | CheckPhone, end: PhoneEnd) => Promise<CheckPhone>;
};

/** How a journey ended. */
export type Journey = {
  readonly steps: readonly Step[];
  readonly ms: number;
  readonly failure: CheckFailure | null;
  /** A picture of the phone that it was on, as PNG, where it failed. */
  readonly picture: Buffer | null;
};

const since = (startedAt: number): number => Math.round(performance.now() - startedAt);

/** Rejects when the time is over; `clear` lets the process end earlier. */
function timeLimit(ms: number): { readonly over: Promise<never>; readonly clear: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  const words = `the journey wasn't over after ${ms / 1000} seconds`;
  const timer = setTimeout(() => reject(new CheckFailure("timed_out", words)), ms);
  return { over: promise, clear: () => clearTimeout(timer) };
}

async function pictureOf(phone: CheckPhone | undefined): Promise<Buffer | null> {
  if (phone === undefined) return null;
  return phone.page.screenshot({ timeout: 5_000 }).catch(() => null);
}

/**
 * Runs a journey to its end, or to its first step that doesn't succeed: a step fails by itself, by a refusal
 * of the server's meanwhile, or because the journey's time is over.
 */
export async function runJourney(run: (track: Track) => Promise<void>): Promise<Journey> {
  const startedAt = performance.now();
  const steps: Step[] = [];
  const held: { readonly phone: CheckPhone; readonly end: PhoneEnd }[] = [];
  const limit = timeLimit(journey_ms_max);
  let watch: Watch = { refused: limit.over, seen: () => null };
  const track: Track = {
    step: async (title, act) => {
      const began = performance.now();
      try {
        const done = await Promise.race([act(), watch.refused, limit.over]);
        // The boot layer may have gone back to another version in the meantime, and that one have got in.
        const refusal = watch.seen();
        if (refusal !== null) throw refusal;
        steps.push({ title, passed: true, ms: since(began), note: null });
        return done;
      } catch (error) {
        const failure = failureOf(error);
        steps.push({ title, passed: false, ms: since(began), note: failure.message.slice(0, 300) });
        throw failure;
      }
    },
    phone: async (opening, end) => {
      const phone = await opening;
      held.push({ phone, end });
      watch = phone.watch();
      return phone;
    },
  };
  let failure: CheckFailure | null = null;
  let picture: Buffer | null = null;
  try {
    await run(track);
  } catch (error) {
    failure = failureOf(error);
    picture = await pictureOf(held.at(-1)?.phone);
  } finally {
    limit.clear();
    const isOver = (end: PhoneEnd): boolean => end === "close" || (end !== "keep" && failure !== null);
    for (const { phone, end } of held) if (isOver(end)) await phone.close();
  }
  return { steps, ms: since(startedAt), failure, picture };
}

/** The time, as a run carries it. */
export const timestamp = (): string => systemClock.now().toISOString();
