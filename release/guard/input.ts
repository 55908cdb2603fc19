import { segment_length_max } from "./segments.ts";
import { GuardInputError, type LoginGuardOptions, type Outcomes } from "./types.ts";

/** Log-ins in one call; more than a minute's of any bank. */
export const outcomes_max = 1_000_000_000;

/** The options with their defaults, all in range; throws `GuardInputError` when one isn't. */
export function readOptions(options: LoginGuardOptions): {
  alpha: number;
  margin_points: number;
  usualFailing_max: number;
  pauseOnly: string[];
} {
  const { alpha = 0.001, margin_points = 2, usualFailing_max = 0.1 } = options;
  const { pauseOnly = ["installation=unproven"] } = options;
  requireWithin("alpha", alpha, { above: 0, below: 1 });
  requireWithin("margin_points", margin_points, { above: 0, below: 100 });
  requireWithin("usualFailing_max", usualFailing_max, { above: 0, below: 0.5 });
  return { alpha, margin_points, usualFailing_max, pauseOnly: [...pauseOnly] };
}

/** Throws `GuardInputError` unless the value is a number between the two, exclusively. */
export function requireWithin(name: string, value: number, range: { above: number; below: number }): void {
  if (typeof value === "number" && value > range.above && value < range.below) return;
  throw new GuardInputError(
    `${name} must be a number above ${range.above} and below ${range.below}; got ${shown(value)}`,
  );
}

/** Throws `GuardInputError` unless these are outcomes that can be counted. */
export function requireOutcomes(outcomes: Outcomes): void {
  const { arm, segment } = outcomes;
  if (arm !== "candidate" && arm !== "stable") {
    throw new GuardInputError(`arm must be "candidate" or "stable"; got ${shown(arm)}`);
  }
  requireCount("succeeded", outcomes.succeeded);
  requireCount("failed", outcomes.failed);
  if (segment === undefined) return;
  if (typeof segment !== "string" || segment === "" || segment.length > segment_length_max) {
    throw new GuardInputError(
      `segment must be a text of 1 to ${segment_length_max} characters, or left out; got ${shown(segment)}`,
    );
  }
}

/** Throws `GuardInputError` unless this is a number of log-ins. */
export function requireCount(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= outcomes_max) return;
  throw new GuardInputError(
    `${name} must be a whole number of log-ins from 0 to ${outcomes_max}; got ${shown(value)}`,
  );
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? "nothing").slice(0, 80);
}
