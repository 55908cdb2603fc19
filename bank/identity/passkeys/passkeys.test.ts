import { granted, logIn, randomId, type CreateRequest, type TestCustomer } from "@mainstay/testkit";
import { describe, expect, test } from "vitest";
import { createIdentityScene, problemOf } from "../../../tests/support/identity-scene.ts";

const scene = await createIdentityScene();
const { visitor, customer, clock } = scene;

type Offer = { id: string; options: CreateRequest & { excludeCredentials: { id: string }[] } };
type List = { passkeys: { id: string; name: string; lastUsedAt: string | null }[] };

const offer = async ({ device }: TestCustomer): Promise<Offer> =>
  granted(await device.call("POST", "/api/passkeys/options"));
const list = async ({ device }: TestCustomer): Promise<List["passkeys"]> =>
  granted<List>(await device.call("GET", "/api/passkeys")).passkeys;

/** Adds a passkey of another authenticator. */
async function add(who: TestCustomer, name: string) {
  clock.advance(1);
  const offered = await offer(who);
  const { passkey } = visitor();
  const credential = passkey.create(offered.options);
  granted(
    await who.device.call("POST", "/api/passkeys", { challengeId: offered.id, credential, deviceName: name }),
  );
  return passkey;
}

describe("adding a passkey", () => {
  test("makes it one to log in with, and tells the person", async () => {
    const ada = await customer();
    const second = await add(ada, "Laptop");
    expect((await list(ada)).map((passkey) => passkey.name)).toEqual(["Test device", "Laptop"]);
    granted(await logIn(visitor().device, second));
    const events = await scene.events("identity.passkey-added");
    expect(events.filter((event) => event.subject === ada.personId)).toHaveLength(2);
  });

  test("asks the browser not to make a second one beside one that is there", async () => {
    const ada = await customer();
    const { options } = await offer(ada);
    expect(options.excludeCredentials.map(({ id }) => id)).toEqual(ada.passkey.ids());
  });

  test("takes no passkey that is known already, whosever it is", async () => {
    const [ada, bea] = [await customer(), await customer()];
    const offered = await offer(ada);
    const credential = ada.passkey.create(offered.options);
    granted(
      await ada.device.call("POST", "/api/passkeys", {
        challengeId: offered.id,
        credential,
        deviceName: "A",
      }),
    );
    const theirs = await offer(bea);
    const copied = bea.passkey.create(theirs.options, { id: credential.id });
    const request = { challengeId: theirs.id, credential: copied, deviceName: "B" };
    expect(problemOf(await bea.device.call("POST", "/api/passkeys", request))).toMatchObject({
      status: 409,
      code: "passkey_exists",
    });
  });

  test("takes no challenge of another person", async () => {
    const [ada, bea] = [await customer(), await customer()];
    const offered = await offer(bea);
    const credential = ada.passkey.create(offered.options);
    const request = { challengeId: offered.id, credential, deviceName: "A" };
    expect(problemOf(await ada.device.call("POST", "/api/passkeys", request)).code).toBe(
      "passkey_challenge_expired",
    );
  });
});

describe("removing a passkey", () => {
  test("makes it worthless at once, and says no more at the log-in than that it failed", async () => {
    const ada = await customer();
    const second = await add(ada, "Laptop");
    const [first] = await list(ada);
    granted(await ada.device.call("DELETE", `/api/passkeys/${first?.id}`));
    expect(problemOf(await logIn(visitor().device, ada.passkey))).toMatchObject({
      status: 401,
      code: "login_failed",
    });
    granted(await logIn(visitor().device, second));
  });

  test("never takes the last one, also when two are removed at once", async () => {
    const ada = await customer();
    await add(ada, "Laptop");
    const both = await list(ada);
    const answers = await Promise.all(both.map(({ id }) => ada.device.call("DELETE", `/api/passkeys/${id}`)));
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409]);
    const [left] = await list(ada);
    const answer = await ada.device.call("DELETE", `/api/passkeys/${left?.id}`);
    expect(problemOf(answer)).toMatchObject({ status: 409, code: "passkey_last" });
  });

  test("of another customer is as if it weren't there", async () => {
    const [ada, bea] = [await customer(), await customer()];
    await add(bea, "Laptop");
    const [theirs] = await list(bea);
    const answer = problemOf(await ada.device.call("DELETE", `/api/passkeys/${theirs?.id}`));
    expect(answer).toEqual(problemOf(await ada.device.call("DELETE", `/api/passkeys/${randomId("pk")}`)));
    expect(answer).toMatchObject({ status: 404, code: "not_found" });
    expect(await list(bea)).toHaveLength(2);
  });
});
