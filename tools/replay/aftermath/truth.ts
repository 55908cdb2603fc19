import type { FleetEntry } from "../fleet/log.ts";
import type { WindowStory } from "../windows.ts";

/**
 * Between which moments something happened at the bank, in ms since 1970: from when a client asked until it
 * had the answer. On a busy machine that is as much as a client can know.
 */
export type Span = { readonly from: number; readonly until: number };

/** What one phone or window went through on the bad version, by its own log. */
export type Outage = {
  /** The e-mail address of its customer: what the fleet knows them by. */
  readonly email: string;
  readonly firstFailure: Span;
  readonly lastFailure: Span;
  /** Null where they never got in again. */
  readonly back: Span | null;
};

function spanOf({ tappedAt, at }: FleetEntry): Span {
  return { from: tappedAt ?? at, until: at };
}

function outageOfPhone(entries: readonly FleetEntry[], version: string, email: string): Outage[] {
  const failures = entries.filter((entry) => entry.what === "failed" && entry.version === version);
  const [first] = failures;
  const last = failures.at(-1);
  if (first === undefined || last === undefined) return [];
  const back = entries.find(({ what, at }) => what === "in" && at >= last.at);
  return [
    {
      email,
      firstFailure: spanOf(first),
      lastFailure: spanOf(last),
      back: back === undefined ? null : spanOf(back),
    },
  ];
}

function outageOfWindow({ refused, loggedIn }: WindowStory, email: string): Outage[] {
  if (refused === null) return [];
  return [{ email, firstFailure: refused, lastFailure: refused, back: loggedIn }];
}

/** Everybody whom a version kept out, as the phones and the windows themselves noted it. */
export function outagesOf(story: {
  readonly version: string;
  readonly entries: readonly FleetEntry[];
  readonly windows: readonly WindowStory[];
  readonly emailOfPhone: (phone: number) => string;
  readonly emailOfWindow: (window: number) => string;
}): Outage[] {
  const { version, entries, windows, emailOfPhone, emailOfWindow } = story;
  const byPhone = Map.groupBy(entries, ({ phone }) => phone);
  return [
    ...[...byPhone].flatMap(([phone, own]) => outageOfPhone(own, version, emailOfPhone(phone))),
    ...windows.flatMap((own, window) => outageOfWindow(own, emailOfWindow(window))),
  ];
}
