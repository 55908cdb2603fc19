import { answers_of_ada, granted, randomId } from "@mainstay/testkit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createIdentityScene, problemOf, type CheckScript } from "../../../tests/support/identity-scene.ts";
import { runRound } from "../jobs.ts";
import { check_again_ms, check_tries_max, check_wait_ms_max, registrations_per_device_max } from "./rules.ts";

const scene = await createIdentityScene();
const { visitor, ports, clock } = scene;
type State = { state: string; answers: Record<string, unknown> };
type Offer = { id: string; options: Parameters<ReturnType<typeof visitor>["passkey"]["create"]>[0] };

afterEach(() => {
  ports.check = scene.passes;
  ports.isAccountsDown = false;
  vi.useRealTimers();
});

/** A visitor who has answered everything. */
async function applicant() {
  const { device, passkey } = visitor();
  const path = `/api/registrations/${randomId("reg")}`;
  granted(await device.call("PUT", path, { answers: answers_of_ada }));
  return { device, passkey, path };
}

const stateOf = async (who: Awaited<ReturnType<typeof applicant>>): Promise<string> =>
  granted<State>(await who.device.call("GET", who.path)).state;

/** Runs the background work as the server does. */
const round = () => runRound(scene.deps);

describe("answers", () => {
  test("are kept question by question, in their tidy form", async () => {
    const { device } = visitor();
    const path = `/api/registrations/${randomId("reg")}`;
    granted(await device.call("PUT", path, { answers: { firstName: " Ada " } }));
    granted(await device.call("PUT", path, { answers: { phone: "07700 900123" } }));
    const { state, answers } = granted<State>(await device.call("GET", path));
    expect(state).toBe("answering");
    expect(answers).toEqual({ firstName: "Ada", phone: "+447700900123" });
  });

  test("that are wrong are refused one by one, and nothing of them is kept", async () => {
    const { device } = visitor();
    const path = `/api/registrations/${randomId("reg")}`;
    granted(await device.call("PUT", path, { answers: { firstName: "Ada" } }));
    const answer = await device.call("PUT", path, {
      answers: { lastName: "Marlow", dateOfBirth: "2020-01-01" },
    });
    expect(problemOf(answer)).toMatchObject({ status: 422, code: "registration_answers_invalid" });
    expect((answer.body as { errors: unknown[] }).errors).toEqual([
      { pointer: "/answers/dateOfBirth", detail: "You can open an account once you're 18." },
    ]);
    expect(granted<State>(await device.call("GET", path)).answers).toEqual({ firstName: "Ada" });
  });

  test("of another device are as if they weren't there", async () => {
    const { device, path } = await applicant();
    const other = visitor().device;
    const unknown = problemOf(await device.call("GET", `/api/registrations/${randomId("reg")}`));
    expect(unknown).toMatchObject({ status: 404, code: "not_found" });
    expect(problemOf(await other.call("GET", path))).toEqual(unknown);
    expect(problemOf(await other.call("PUT", path, { answers: {} }))).toEqual(unknown);
    expect(problemOf(await other.call("POST", `${path}/check`))).toEqual(unknown);
    expect(problemOf(await other.call("POST", `${path}/passkey/options`))).toEqual(unknown);
  });

  test("can't be changed once they are checked", async () => {
    const { device, path } = await applicant();
    granted(await device.call("POST", `${path}/check`));
    const answer = await device.call("PUT", path, { answers: { firstName: "Bea" } });
    expect(problemOf(answer)).toMatchObject({ status: 409, code: "registration_not_open" });
  });

  test("must all be there before the check", async () => {
    const { device } = visitor();
    const path = `/api/registrations/${randomId("reg")}`;
    granted(await device.call("PUT", path, { answers: { firstName: "Ada" } }));
    const answer = await device.call("POST", `${path}/check`);
    expect(problemOf(answer)).toMatchObject({ status: 409, code: "registration_incomplete" });
  });

  test("may be begun a few times on one device, and no more", async () => {
    const { device } = visitor();
    const begin = () => device.call("PUT", `/api/registrations/${randomId("reg")}`, { answers: {} });
    for (let count = 0; count < registrations_per_device_max; count += 1) granted(await begin());
    expect(problemOf(await begin())).toMatchObject({ status: 429, code: "registrations_full" });
  });
});

describe("the identity check", () => {
  test("is asked once, however often the button is pressed", async () => {
    const asked: string[] = [];
    ports.check = async (checkId) => {
      asked.push(checkId);
      return { result: "pass", reasons: [] };
    };
    const who = await applicant();
    const answers = await Promise.all([1, 2, 3].map(() => who.device.call("POST", `${who.path}/check`)));
    expect(answers.every((answer) => answer.status === 200)).toBe(true);
    expect(asked).toHaveLength(1);
    expect(await stateOf(who)).toBe("passed");
  });

  test("that fails ends the registration", async () => {
    ports.check = async () => ({ result: "fail", reasons: ["deceased"] });
    const who = await applicant();
    expect(granted<State>(await who.device.call("POST", `${who.path}/check`)).state).toBe("failed");
    const answer = await who.device.call("POST", `${who.path}/passkey/options`);
    expect(problemOf(answer)).toMatchObject({ status: 409, code: "registration_not_passed" });
  });

  test("that takes its time leaves the registration checking, and its late answer counts, once", async () => {
    let finish: (said: Awaited<ReturnType<CheckScript>>) => void = () => undefined;
    const asked = Promise.withResolvers<string>();
    ports.check = (checkId) => {
      asked.resolve(checkId);
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const who = await applicant();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const answer = who.device.call("POST", `${who.path}/check`);
    await asked.promise;
    await vi.advanceTimersByTimeAsync(check_wait_ms_max);
    expect(granted<State>(await answer).state).toBe("checking");
    vi.useRealTimers();
    finish({ result: "refer", reasons: ["address-not-found"] });
    await vi.waitFor(async () => expect(await stateOf(who)).toBe("referred"), { timeout: 10_000 });
    // The same answer again, or another one, after the state has moved on: nothing changes.
    finish({ result: "pass", reasons: [] });
    expect(await stateOf(who)).toBe("referred");
  });

  test("without an answer is asked again under the same id, and then decided by a person", async () => {
    const asked: string[] = [];
    ports.check = async (checkId) => {
      asked.push(checkId);
      throw new Error("no answer");
    };
    const who = await applicant();
    expect(granted<State>(await who.device.call("POST", `${who.path}/check`)).state).toBe("checking");
    await round();
    expect(asked).toHaveLength(1);
    for (let count = 1; count <= check_tries_max; count += 1) {
      clock.advance(check_again_ms + 1);
      await round();
    }
    expect(asked).toHaveLength(check_tries_max);
    expect(new Set(asked).size).toBe(1);
    expect(await stateOf(who)).toBe("referred");
  });

  test("tells by an event how it went", async () => {
    ports.check = async () => ({ result: "refer", reasons: ["sanctions"] });
    const who = await applicant();
    granted(await who.device.call("POST", `${who.path}/check`));
    const events = await scene.events("identity.registration-referred");
    const mine = events.filter((event) => who.path.endsWith(event.subject));
    expect(mine).toMatchObject([{ payload: { email: "ada.marlow@example.com", firstName: "Ada" } }]);
  });
});

describe("the end", () => {
  test("makes person, passkey, device, session and account at once", async () => {
    const customer = await scene.customer();
    expect(scene.accountsOpened).toContainEqual({ personId: customer.personId, holderName: "Ada Marlow" });
    const session = granted<Record<string, unknown>>(await customer.device.call("GET", "/api/session"));
    expect(session).toMatchObject({ sees: "full", demo: false, hasPasskey: true, recoveryCodesLeft: 0 });
    const events = await scene.events("identity.person-registered");
    expect(events.filter((event) => event.subject === customer.personId)).toHaveLength(1);
  });

  test("lets the customer in even when the account has to be opened later", async () => {
    ports.isAccountsDown = true;
    const customer = await scene.customer();
    expect((await customer.device.call("GET", "/api/session")).status).toBe(200);
  });

  test("comes once: the same passkey again, or by another device, does nothing", async () => {
    const { device, passkey, path } = await applicant();
    granted(await device.call("POST", `${path}/check`));
    const offer = granted<Offer>(await device.call("POST", `${path}/passkey/options`));
    const request = { challengeId: offer.id, credential: passkey.create(offer.options), deviceName: "Phone" };
    const other = await visitor().device.call("POST", `${path}/passkey`, request);
    expect(problemOf(other)).toMatchObject({ status: 404, code: "not_found" });
    granted(await device.call("POST", `${path}/passkey`, request));
    const again = await device.call("POST", `${path}/passkey`, request);
    expect(problemOf(again)).toMatchObject({ status: 409, code: "registration_not_passed" });
  });

  test("takes no challenge of something else, none too old, none answered wrongly", async () => {
    const { device, passkey, path } = await applicant();
    granted(await device.call("POST", `${path}/check`));
    const finish = (offer: Offer, faults = {}) =>
      device.call("POST", `${path}/passkey`, {
        challengeId: offer.id,
        credential: passkey.create(offer.options, faults),
        deviceName: "Phone",
      });
    const options = async () => granted<Offer>(await device.call("POST", `${path}/passkey/options`));
    const foreign = { ...(await options()), id: randomId("pkc") };
    expect(problemOf(await finish(foreign)).code).toBe("passkey_challenge_expired");
    const wrong = await finish(await options(), { origin: "https://evil.example" });
    expect(problemOf(wrong)).toMatchObject({ status: 422, code: "passkey_invalid" });
    const late = await options();
    clock.advance(5 * 60_000);
    expect(problemOf(await finish(late)).code).toBe("passkey_challenge_expired");
    expect((await finish(await options())).status).toBe(200);
  });
});
