import { generateKeyPairSync } from "node:crypto";
import {
  granted,
  logIn,
  randomId,
  type DeviceClient,
  type GetRequest,
  type PasskeyFaults,
  type SoftwarePasskey,
} from "@mainstay/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createIdentityScene, problemOf } from "../../../tests/support/identity-scene.ts";
import { block_ms, blockedUntil, challenge_ms_max, failures_in_row_max } from "./rules.ts";

const scene = await createIdentityScene();
const { visitor, customer, clock, identity } = scene;
const { privateKey: wrongKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

type Challenge = { id: string; options: GetRequest };
type Try = { faults?: PasskeyFaults; headers?: Record<string, string>; change?: Record<string, unknown> };

async function begin(device: DeviceClient, headers: Record<string, string> = {}): Promise<Challenge> {
  return granted(await device.call("POST", "/api/login/challenges", { protocol: "login/1" }, { headers }));
}

function finish(device: DeviceClient, passkey: SoftwarePasskey, challenge: Challenge, how: Try = {}) {
  const credential = passkey.get(challenge.options, how.faults);
  const request = { protocol: "login/1", challengeId: challenge.id, credential, deviceName: "Phone" };
  return device.call("POST", "/api/login", { ...request, ...how.change });
}

async function tryToLogIn(device: DeviceClient, passkey: SoftwarePasskey, how: Try = {}) {
  return finish(device, passkey, await begin(device, how.headers), how);
}

/** Fails a log-in with a signature by another key, so many times. */
async function fail(device: DeviceClient, passkey: SoftwarePasskey, times: number, headers = {}) {
  for (let count = 0; count < times; count += 1) {
    const answer = await tryToLogIn(device, passkey, { faults: { key: wrongKey }, headers });
    expect(problemOf(answer)).toMatchObject({ status: 401, code: "login_failed" });
  }
}

describe("login/1", () => {
  test("opens a session on this device", async () => {
    const { device, passkey, personId } = await customer();
    granted(await device.call("POST", "/api/logout"));
    const session = granted<{ sees: string; person: { id: string } }>(await logIn(device, passkey));
    expect(session).toMatchObject({ sees: "full", person: { id: personId } });
    expect((await device.call("GET", "/api/session")).status).toBe(200);
  });

  test("on a new device tells the others", async () => {
    const { passkey, personId } = await customer();
    const { device } = visitor();
    granted(await logIn(device, passkey));
    granted(await logIn(device, passkey));
    const events = await scene.events("identity.device-added");
    expect(events.filter((event) => event.subject === personId)).toHaveLength(1);
  });

  test("by the same person on the same device goes on with their session, under a new token", async () => {
    const { device, passkey } = await customer();
    const before = granted<{ id: string }>(await device.call("GET", "/api/session"));
    const cookie = [...device.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    granted(await logIn(device, passkey));
    expect(granted<{ id: string }>(await device.call("GET", "/api/session")).id).toBe(before.id);
    const answer = await device.call("GET", "/api/session", undefined, { headers: { cookie } });
    expect(problemOf(answer)).toMatchObject({ status: 401, code: "session_required" });
  });

  test("by somebody else on the same device ends the session before", async () => {
    const [ada, bea] = [await customer(), await customer()];
    const cookie = [...ada.device.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    granted(await logIn(ada.device, bea.passkey));
    expect(granted(await ada.device.call("GET", "/api/session"))).toMatchObject({
      person: { id: bea.personId },
    });
    const answer = await ada.device.call("GET", "/api/session", undefined, { headers: { cookie } });
    expect(problemOf(answer)).toMatchObject({ status: 401, code: "session_required" });
  });

  test("of another version is refused as this client, not this customer", async () => {
    const { device, passkey } = await customer();
    const begun = await device.call("POST", "/api/login/challenges", { protocol: "login/9" });
    expect(problemOf(begun)).toMatchObject({ status: 400, code: "login_protocol_unsupported" });
    const finished = await tryToLogIn(device, passkey, { change: { protocol: "login/0" } });
    expect(problemOf(finished).code).toBe("login_protocol_unsupported");
  });
});

describe("a log-in that fails", () => {
  const wrong: [name: string, faults: PasskeyFaults][] = [
    ["a wrong signature", { key: wrongKey }],
    ["no user verification", { isUserVerified: false }],
    ["nobody present", { isUserPresent: false }],
  ];
  test.each(wrong)("by %s says only that it failed", async (_name, faults) => {
    const { device, passkey } = await customer();
    expect(problemOf(await tryToLogIn(device, passkey, { faults }))).toEqual({
      status: 401,
      code: "login_failed",
      title: "That didn't work. Try again with your passkey.",
    });
  });

  test("by a passkey of nobody says the very same, and rests after as many tries", async () => {
    const known = await customer();
    const right = problemOf(await tryToLogIn(known.device, known.passkey, { faults: { key: wrongKey } }));
    const { device, passkey } = visitor();
    passkey.create({ challenge: "AAAA", rp: { id: "localhost" }, user: { id: "AAAA" } });
    for (let count = 0; count < failures_in_row_max; count += 1) {
      expect(problemOf(await tryToLogIn(device, passkey))).toEqual(right);
    }
    expect(problemOf(await tryToLogIn(device, passkey)).code).toBe("login_blocked");
  });

  test("by the handle of somebody else fails like any other", async () => {
    const [ada, bea] = [await customer(), await customer({ firstName: "Bea" })];
    const challenge = await begin(ada.device);
    const credential = ada.passkey.get(challenge.options);
    const { userHandle } = bea.passkey.get({ ...challenge.options, allowCredentials: [] }).response;
    const change = { credential: { ...credential, response: { ...credential.response, userHandle } } };
    expect(problemOf(await finish(ada.device, ada.passkey, challenge, { change })).code).toBe("login_failed");
  });

  test("by a counter that doesn't go on fails like any other", async () => {
    const { device, passkey } = await customer({}, { counts: true });
    const first = await begin(device);
    const credential = passkey.get(first.options);
    granted(await finish(device, passkey, first, { change: { credential } }));
    const { device: clone, passkey: copy } = { device: visitor().device, passkey };
    const challenge = await begin(clone);
    const stale = copy.get(challenge.options, { signCount: 1 });
    expect(problemOf(await finish(clone, copy, challenge, { change: { credential: stale } })).code).toBe(
      "login_failed",
    );
  });
});

describe("five in a row", () => {
  test("block that passkey for a quarter of an hour, whatever is shown, and no longer", async () => {
    const { device, passkey } = await customer();
    await fail(device, passkey, failures_in_row_max);
    const blocked = await tryToLogIn(device, passkey);
    expect(problemOf(blocked)).toMatchObject({ status: 429, code: "login_blocked" });
    expect(Number(blocked.headers["retry-after"])).toBe(block_ms / 1000);
    clock.advance(block_ms - 1);
    expect(problemOf(await tryToLogIn(device, passkey)).code).toBe("login_blocked");
    clock.advance(1);
    granted(await tryToLogIn(device, passkey));
  });

  test("leave the person's other passkeys alone", async () => {
    const { device, passkey } = await customer();
    const offer = granted<{ id: string; options: Parameters<SoftwarePasskey["create"]>[0] }>(
      await device.call("POST", "/api/passkeys/options"),
    );
    const second = visitor();
    const credential = second.passkey.create(offer.options);
    granted(
      await device.call("POST", "/api/passkeys", { challengeId: offer.id, credential, deviceName: "Laptop" }),
    );
    await fail(device, passkey, failures_in_row_max);
    granted(await tryToLogIn(second.device, second.passkey));
  });

  test("must be in a row: a success begins the count anew", async () => {
    const { device, passkey } = await customer();
    await fail(device, passkey, failures_in_row_max - 1);
    granted(await tryToLogIn(device, passkey));
    await fail(device, passkey, failures_in_row_max - 1);
    granted(await tryToLogIn(device, passkey));
  });

  test("can't be outrun by trying many times at once", async () => {
    const { device, passkey } = await customer();
    const challenges = await Promise.all(Array.from({ length: 20 }, () => begin(device)));
    const answers = await Promise.all(
      challenges.map((challenge) => finish(device, passkey, challenge, { faults: { key: wrongKey } })),
    );
    const codes = answers.map((answer) => problemOf(answer).code);
    expect(codes.filter((code) => code === "login_failed")).toHaveLength(failures_in_row_max);
    expect(codes.filter((code) => code === "login_blocked")).toHaveLength(20 - failures_in_row_max);
  });

  test("don't count what the client, the server or time did wrong", async () => {
    const { device, passkey } = await customer();
    for (let count = 0; count < 2 * failures_in_row_max; count += 1) {
      await begin(device);
      const origin = "https://evil.example";
      expect(problemOf(await tryToLogIn(device, passkey, { faults: { origin } })).code).toBe(
        "client_proof_invalid",
      );
      const rpId = "console.localhost";
      expect(problemOf(await tryToLogIn(device, passkey, { faults: { rpId } })).code).toBe(
        "client_proof_invalid",
      );
      const challenge = "AAAA";
      expect(problemOf(await tryToLogIn(device, passkey, { faults: { challenge } })).code).toBe(
        "login_challenge_expired",
      );
      const unsupported = await device.call("POST", "/api/login/challenges", { protocol: "login/9" });
      expect(problemOf(unsupported).code).toBe("login_protocol_unsupported");
      const replayed = await device.call(
        "POST",
        "/api/login/challenges",
        { protocol: "login/1" },
        { faults: { nonce: "x" }, isSingle: true },
      );
      expect(problemOf(replayed).code).toBe("use_dpop_nonce");
    }
    granted(await tryToLogIn(device, passkey));
  });

  test("that a bad version caused are lifted by its rollback, and no others", async () => {
    const [ada, bea] = [await customer(), await customer()];
    await fail(ada.device, ada.passkey, failures_in_row_max, { "x-mainstay-version": "9.9.9" });
    await fail(bea.device, bea.passkey, failures_in_row_max, { "x-mainstay-version": "1.0.0" });
    expect(await identity.liftFailures("9.9.9")).toBe(failures_in_row_max);
    granted(await tryToLogIn(ada.device, ada.passkey));
    expect(problemOf(await tryToLogIn(bea.device, bea.passkey)).code).toBe("login_blocked");
  });

  test("the rule itself: only each fifth begins a block, which ends", () => {
    const start = new Date("2026-11-22T12:00:00Z").getTime();
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 60 * 60_000 }), { maxLength: 30 }),
        fc.nat({ max: 2 * 60 * 60_000 }),
        (offsets, after) => {
          const times = offsets
            .toSorted((left, right) => left - right)
            .map((offset) => new Date(start + offset));
          const last = times.at(-1)?.getTime() ?? start;
          const until = blockedUntil(times, new Date(last + after));
          if (times.length < failures_in_row_max || after >= block_ms) expect(until).toBeNull();
          if (times.length > 0 && times.length % failures_in_row_max === 0 && after < block_ms) {
            expect(until?.getTime()).toBe(last + block_ms);
          }
        },
      ),
      { seed: 20_261_122 },
    );
  });
});

describe("a challenge", () => {
  test("is answered once", async () => {
    const { device, passkey } = await customer();
    const challenge = await begin(device);
    granted(await finish(device, passkey, challenge));
    expect(problemOf(await finish(device, passkey, challenge))).toMatchObject({
      status: 409,
      code: "login_challenge_expired",
    });
  });

  test("is answered by the device that asked for it, and by no other", async () => {
    const { device, passkey } = await customer();
    const challenge = await begin(device);
    const thief = visitor().device;
    expect(problemOf(await finish(thief, passkey, challenge)).code).toBe("login_challenge_expired");
    granted(await finish(device, passkey, challenge));
  });

  test("is answered within five minutes", async () => {
    const { device, passkey } = await customer();
    const challenge = await begin(device);
    clock.advance(challenge_ms_max);
    expect(problemOf(await finish(device, passkey, challenge)).code).toBe("login_challenge_expired");
  });

  test("that never was is as one that is over", async () => {
    const { device, passkey } = await customer();
    const challenge = { ...(await begin(device)), id: randomId("lgc") };
    expect(problemOf(await finish(device, passkey, challenge)).code).toBe("login_challenge_expired");
  });
});
