import type { Approval, CheckCell, CheckMatrix } from "@mainstay/wire";
import { at, healthy_id, priya, steadyNumbers, tom } from "./moment.ts";

/** Versions that somebody is on, or that is to come, and the login protocol that each speaks. */
const live = {
  "8.6.0": "login/3",
  "8.5.0": "login/3",
  "8.4.2": "login/2",
  "8.3.2": "login/2",
  "8.2.0": "login/2",
  "7.9.4": "login/1",
} as const;

const journeys = [
  ["register", "Open an account", 3.2],
  ["log-in-new-passkey-returning", "Log in with a new passkey, same device", 1.3],
  ["log-in-new-passkey-fresh", "Log in with a new passkey, new device", 1.5],
  ["log-in-old-passkey-returning", "Log in with an old passkey, same device", 1.2],
  ["log-in-old-passkey-fresh", "Log in with an old passkey, new device", 1.4],
  ["log-in-clock-off", "Log in with a clock a day off", 1.1],
  ["approve-payment", "Approve a payment", 2],
  ["recover", "Recover", 2.6],
  ["update", "Update from the version before", 1.9],
  ["back-again", "And back again", 2.4],
] as const;

function steps(isRed: boolean): CheckCell["steps"] {
  return [
    { title: "Start the bundle", passed: true, ms: 612, note: null },
    { title: "Ask for a challenge", passed: true, ms: 104, note: null },
    { title: "Sign with the old passkey", passed: true, ms: 322, note: null },
    {
      title: "Server takes the signature",
      passed: !isRed,
      ms: 88,
      note: isRed ? "The server answered 401." : null,
    },
  ];
}

/** A check matrix: of 8.6.0 with one red cell, of others all green. */
export function matrix(version: string): CheckMatrix {
  const next = steadyNumbers(144);
  const cells = Object.entries(live).flatMap(([candidate, protocol]) =>
    journeys.map(([journey, title, took]): CheckCell => {
      const isRed = candidate === version && version === "8.6.0" && journey === "log-in-old-passkey-fresh";
      return {
        version: candidate,
        protocol,
        server: "now",
        journey,
        title,
        result: isRed ? "failed" : "passed",
        ms: Math.round(took * (850 + 300 * next())),
        reason: isRed ? "device_proof_missing" : null,
        steps: steps(isRed),
      };
    }),
  );
  const green = cells.filter(({ result }) => result === "passed").length;
  return {
    version,
    run: {
      id: "chk_0000000000000000000001",
      startedAt: at(41),
      endedAt: at(28),
      servers: { now: "2026-10-01", next: null },
      browser: "Chromium 156",
      green,
      total: cells.length,
    },
    cells,
    override: version === "8.6.0" ? override : null,
  };
}

/** Tom wants 8.6.0 out although a check is red. */
export const override: Approval = {
  id: "apr_0000000000000000000001",
  kind: "override-checks",
  state: "waiting",
  version: "8.6.0",
  rollout: null,
  text: [
    "Mainstay approval 1",
    "id: apr_0000000000000000000001",
    "what: let 8.6.0 be rolled out to at most 1 % although 1 of 60 checks is red",
    "touches: 3196 people",
    'asked by: "Tom Okafor" (staff_0000000000000000000003)',
  ].join("\n"),
  people: 3_196,
  reason: "The next server goes live on Thursday. I want 8.6.0 on the server we have now, at 1 % only.",
  first: { ...tom, signedAt: at(11) },
  second: null,
  askedAt: at(12),
  expiresAt: at(-24 * 60),
  decidedAt: null,
  canSign: true,
  whyNot: null,
};

/** One that waits, and one that was carried out yesterday. */
export const approvals: readonly Approval[] = [
  override,
  {
    ...override,
    id: "apr_0000000000000000000002",
    kind: "advance",
    state: "carried-out",
    version: "8.4.2",
    rollout: healthy_id,
    text: "Advance 8.4.2 from 20 % to 50 % on iOS, Android and web.",
    people: 80_520,
    reason: "No harm seen since Saturday.",
    first: { ...priya, signedAt: at(1_500) },
    second: { ...tom, signedAt: at(1_480) },
    askedAt: at(1_501),
    decidedAt: at(1_480),
    canSign: false,
  },
];
