import type { Platform, Release, ReleaseRow, Releases } from "@mainstay/wire";
import { matrix } from "./checks.ts";
import { at, devices_total, healthy_id, rolled_back_id, steadyNumbers } from "./moment.ts";
import { healthy, rolledBack } from "./rollouts.ts";

type Shares = readonly [number | null, number | null, number | null];

function row(
  version: string,
  state: ReleaseRow["state"],
  summary: string,
  facts: {
    protocol: string;
    checks: readonly [number, number];
    shares: Shares;
    published: string;
    share?: number;
  },
): ReleaseRow {
  const [ios, android, web] = facts.shares;
  const [green, total] = facts.checks;
  const count = (share: number | null, platform: Platform) =>
    Math.round((share ?? 0) * devices_total[platform]);
  return {
    version,
    platforms: ["ios", "android", "web"],
    state,
    stateShare: facts.share ?? null,
    summary,
    loginProtocol: facts.protocol,
    checks: { green, total },
    publishedAt: facts.published,
    share: { ios, android, web },
    devices: { ios: count(ios, "ios"), android: count(android, "android"), web: count(web, "web") },
    rollout: version === "8.5.0" ? healthy_id : version === "8.4.1" ? rolled_back_id : null,
  };
}

const nobody: Shares = [0, 0, 0];

/** Nine versions, newest first. */
export const rows: readonly ReleaseRow[] = [
  row("8.6.0", "checks-red", "Passkeys across banks", {
    protocol: "login/3",
    checks: [59, 60],
    shares: [null, null, null],
    published: "2026-10-06T12:50:00.000Z",
  }),
  row("8.5.0", "rolling-out", "Quicker start, pots in feed", {
    protocol: "login/3",
    checks: [60, 60],
    shares: [0.05, 0.05, 0.05],
    published: "2026-10-05T15:20:00.000Z",
    share: 0.05,
  }),
  row("8.4.2", "stable", "Fixes log-in on iOS 27.1", {
    protocol: "login/2",
    checks: [60, 60],
    shares: [0.861, 0.824, 0.946],
    published: "2026-10-02T09:05:00.000Z",
  }),
  row("8.4.1", "rolled-back", "Names checked as you type", {
    protocol: "login/2",
    checks: [50, 50],
    shares: nobody,
    published: "2026-09-30T14:41:00.000Z",
    share: 0.01,
  }),
  row("8.4.0", "withdrawn", "Left at 2 % for 8.4.1", {
    protocol: "login/2",
    checks: [50, 50],
    shares: nobody,
    published: "2026-09-28T08:12:00.000Z",
  }),
  row("8.3.2", "superseded", "Statements in OFX and QIF", {
    protocol: "login/2",
    checks: [50, 50],
    shares: [0.062, 0.081, 0.004],
    published: "2026-09-10T10:30:00.000Z",
  }),
  row("8.3.1", "superseded", "Payment limits in words", {
    protocol: "login/2",
    checks: [50, 50],
    shares: nobody,
    published: "2026-09-08T13:02:00.000Z",
  }),
  row("8.2.0", "superseded", "Standing orders: skip one", {
    protocol: "login/2",
    checks: [40, 40],
    shares: [0.021, 0.033, 0],
    published: "2026-08-17T09:48:00.000Z",
  }),
  row("7.9.4", "minimum", "Last to speak login/1", {
    protocol: "login/1",
    checks: [30, 30],
    shares: [0.006, 0.012, 0],
    published: "2026-06-23T08:33:00.000Z",
  }),
];

const platform = {
  stable: "8.4.2",
  previous: "8.3.2",
  recommended: "8.4.2",
  minimum: "7.9.4",
  storeUrl: null,
};

/** Twelve versions, one of them on its way. */
export function releases(): Releases {
  const devicesOf = (of: Platform) =>
    rows.map(({ version, devices }) => ({ version, count: devices[of] })).filter(({ count }) => count > 0);
  const facts = { ...platform, rollout: healthy_id, whyNotRollBackStable: "a rollout runs" };
  return {
    versions: [...rows],
    devices: { ios: devicesOf("ios"), android: devicesOf("android"), web: devicesOf("web") },
    platforms: { ios: facts, android: facts, web: facts },
    active: [healthy],
    protocols: [
      { protocol: "login/3", neededBy: ["8.5.0"], devices: 13_412 },
      { protocol: "login/2", neededBy: ["8.4.2", "8.3.2", "8.2.0"], devices: 303_713 },
      { protocol: "login/1", neededBy: ["7.9.4"], devices: 2_454 },
    ],
    lastSignalAt: at(0),
  };
}

/** A bank on its first day: one version, and nobody on it. */
export function freshReleases(): Releases {
  const first = row("1.0.0", "stable", "The first", {
    protocol: "login/1",
    checks: [10, 10],
    shares: nobody,
    published: at(30),
  });
  const facts = {
    stable: "1.0.0",
    previous: null,
    recommended: null,
    minimum: null,
    storeUrl: null,
    rollout: null,
    whyNotRollBackStable: "there is no version before it",
  };
  return {
    versions: [{ ...first, checks: null }],
    devices: { ios: [], android: [], web: [] },
    platforms: { ios: facts, android: facts, web: facts },
    active: [],
    protocols: [{ protocol: "login/1", neededBy: ["1.0.0"], devices: 0 }],
    lastSignalAt: null,
  };
}

function whyNotStart({ checks }: ReleaseRow): Release["whyNotStart"] {
  const why =
    checks !== null && checks.green < checks.total ? `${checks.green} of ${checks.total} are green.` : null;
  return { ios: why, android: why, web: why };
}

/** One version whole. */
export function release(version: string): Release | null {
  const found = rows.find((candidate) => candidate.version === version);
  if (!found) return null;
  const next = steadyNumbers(Number(version.replaceAll(".", "")));
  const names = ["main", "login", "payments", "feed", "pots", "settings", "passkey", "vendor"];
  const files = names.map((name, index) => {
    const isChanged = index % 3 === 0;
    const mark = isChanged ? version.replaceAll(".", "") : "steady";
    return {
      path: `assets/${name}-${mark.padEnd(8, "0")}.js`,
      bytes: Math.round(20_000 + index * 11_000 + (isChanged ? next() * 9_000 : 0)),
      sha256: `${name}${mark}`.padEnd(43, "A").concat("="),
    };
  });
  return {
    ...found,
    api: { from: 1, to: 1 },
    minimumShell: version > "8.3.9" ? "8.4.0" : "8.0.0",
    files,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    key: "3f1c9be2a7705d14",
    matrix: matrix(version),
    rollouts: version === "8.5.0" ? [healthy] : version === "8.4.1" ? [rolledBack("guard")] : [],
    whyNotStart: whyNotStart(found),
  };
}
