import type { FleetEntry } from "../fleet/log.ts";
import type { WindowStory } from "../windows.ts";

/** What one phone or window went through on the bad version, by its own log; times in ms since 1970. */
export type Outage = {
  /** The e-mail address of its customer: what the fleet knows them by. */
  readonly email: string;
  readonly firstFailureAt: number;
  readonly lastFailureAt: number;
  /** Null where they never got in again. */
  readonly backAt: number | null;
};

function outageOfPhone(entries: readonly FleetEntry[], version: string, email: string): Outage[] {
  const failures = entries.filter((entry) => entry.what === "failed" && entry.version === version);
  const [first] = failures;
  const last = failures.at(-1);
  if (first === undefined || last === undefined) return [];
  const back = entries.find(({ what, at }) => what === "in" && at >= last.at);
  return [{ email, firstFailureAt: first.at, lastFailureAt: last.at, backAt: back?.at ?? null }];
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
    ...windows.flatMap(({ failedAt, inAt }, window): Outage[] =>
      failedAt === null
        ? []
        : [
            {
              email: emailOfWindow(window),
              firstFailureAt: failedAt,
              lastFailureAt: failedAt,
              backAt: inAt,
            },
          ],
    ),
  ];
}
