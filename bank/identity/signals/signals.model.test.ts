import { generateKeyPairSync } from "node:crypto";
import {
  beginLogIn,
  finishLogIn,
  type Answer,
  type DeviceClient,
  type PasskeyFaults,
  type SoftwarePasskey,
  type TestChallenge,
  type TestProtocol,
} from "@mainstay/testkit";
import type { Signal } from "@mainstay/wire";
import fc from "fast-check";
import { expect, test } from "vitest";
import { activationHeaders, testActivation } from "../../../tests/support/activation.ts";
import { createIdentityScene } from "../../../tests/support/identity-scene.ts";
import { block_ms, challenge_ms_max } from "../login/rules.ts";

const scene = await createIdentityScene();
const { customer, visitor, clock } = scene;
const { privateKey: wrongKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const seed = 20_261_122;

const faults: Readonly<Record<string, PasskeyFaults>> = {
  none: {},
  signature: { key: wrongKey },
  challenge: { challenge: "AAAA" },
  origin: { origin: "https://evil.example" },
  unverified: { isUserVerified: false },
};

/** What a phone does next: begins a log-in, or answers one of its own, for the first time or once more. */
type Step =
  | { readonly kind: "begin"; readonly protocol: TestProtocol | "login/9" }
  | { readonly kind: "finish"; readonly which: number; readonly fault: string; readonly isStranger: boolean }
  | { readonly kind: "wait"; readonly ms: number };

const begins = fc.record({
  kind: fc.constant("begin" as const),
  protocol: fc.constantFrom("login/1" as const, "login/2" as const, "login/9" as const),
});
const finishes = fc.record({
  kind: fc.constant("finish" as const),
  which: fc.nat({ max: 2 }),
  fault: fc.oneof(
    { weight: 2, arbitrary: fc.constant("none") },
    { weight: 3, arbitrary: fc.constantFrom(...Object.keys(faults)) },
  ),
  isStranger: fc.integer({ min: 0, max: 4 }).map((drawn) => drawn === 0),
});
const waits = fc.record({
  kind: fc.constant("wait" as const),
  ms: fc.constantFrom(1_000, challenge_ms_max, block_ms),
});
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: begins },
    { weight: 8, arbitrary: finishes },
    { weight: 1, arbitrary: waits },
  ),
  { minLength: 6, maxLength: 24 },
);

/** A signal as far as a phone's answers say what it must be: `attempt` is null for one of its own. */
type Told = {
  readonly kind: Signal["kind"];
  readonly reason: string | null;
  readonly attempt: string | null;
};

const codeOf = ({ status, body }: Answer): string | null =>
  status === 200 ? null : (body as { code: string }).code;

/** What release control must have been told, worked out from nothing but what the phone was answered. */
function expectations() {
  const told: Told[] = [];
  const ended = new Set<string>();
  return {
    told,
    begun: (answer: Answer): void => {
      const reason = codeOf(answer);
      if (reason !== null) told.push({ kind: "login-failed", reason, attempt: null });
      else told.push({ kind: "login-begun", reason, attempt: (answer.body as TestChallenge).id });
    },
    finished: (attempt: string, answer: Answer): void => {
      // The first answer ends it: one that was right can't turn wrong, nor one that was wrong right.
      if (ended.has(attempt)) return;
      ended.add(attempt);
      const reason = codeOf(answer);
      told.push({ kind: reason === null ? "login-succeeded" : "login-failed", reason, attempt });
    },
  };
}

/** What was written of an installation, each signal once. */
async function toldOf(installation: string): Promise<Told[]> {
  const { rows } = await scene.db.pool.query<{ signal: Signal }>(
    `SELECT signal
       FROM identity.login_signals
      WHERE signal -> 'activation' ->> 'installation' = $1
      ORDER BY position`,
    [installation],
  );
  const once = new Map<string, Signal>();
  for (const { signal } of rows) if (!once.has(signal.id)) once.set(signal.id, signal);
  return [...once.values()].map(({ kind, reason, attempt }) => ({
    kind,
    reason,
    attempt: attempt?.startsWith("lga_") === true ? null : attempt,
  }));
}

type Begun = { readonly protocol: TestProtocol; readonly challenge: TestChallenge };

/** A phone with a customer, and a stranger's that answers its challenges; each tells of itself alone. */
async function phone() {
  const { device, passkey }: { device: DeviceClient; passkey: SoftwarePasskey } = await customer();
  const [own, strange] = [testActivation(), testActivation()];
  const stranger = visitor().device;
  const expected = expectations();
  const begun: Begun[] = [];

  async function begin(protocol: string): Promise<void> {
    const options = { protocol: protocol as TestProtocol, headers: activationHeaders(own) };
    const answer = await beginLogIn(device, options);
    expected.begun(answer);
    if (answer.status !== 200) return;
    begun.push({ protocol: options.protocol, challenge: answer.body as TestChallenge });
  }

  async function finish(step: Extract<Step, { kind: "finish" }>): Promise<void> {
    const attempt = begun[step.which % Math.max(begun.length, 1)];
    if (attempt === undefined) return;
    const { protocol, challenge } = attempt;
    const options = { protocol, headers: activationHeaders(step.isStranger ? strange : own) };
    const by = step.isStranger ? stranger : device;
    const answer = await finishLogIn(by, passkey, challenge, {
      ...options,
      faults: faults[step.fault] ?? {},
    });
    if (!step.isStranger) expected.finished(challenge.id, answer);
    else expect(codeOf(answer)).toBe("login_challenge_expired");
  }

  return {
    expected: expected.told,
    do: (step: Step): Promise<void> | void => {
      if (step.kind === "begin") return begin(step.protocol);
      if (step.kind === "finish") return finish(step);
      return clock.advance(step.ms);
    },
    told: () => toldOf(own.installation),
    strangersTold: () => toldOf(strange.installation),
  };
}

test("release control is told what the phone was answered, no more, no less, and nobody else's", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (plan) => {
      const one = await phone();
      for (const step of plan) await one.do(step);
      expect(await one.told()).toEqual(one.expected);
      for (const { attempt } of await one.strangersTold()) expect(attempt).toBeNull();
    }),
    { seed, numRuns: 40 },
  );
}, 120_000);
