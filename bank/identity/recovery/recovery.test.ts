import { granted, logIn, type CreateRequest } from "@mainstay/testkit";
import { describe, expect, test } from "vitest";
import { createIdentityScene, problemOf } from "../../../tests/support/identity-scene.ts";
import { block_ms, failures_in_row_max } from "../login/rules.ts";
import { makeCode, readCode, recovery_codes_total } from "./rules.ts";

const scene = await createIdentityScene();
const { visitor, customer, clock } = scene;

type Offer = { id: string; options: CreateRequest };
type Codes = { codes: string[] };
let people = 0;

/** A customer with an e-mail of their own and ten codes. */
async function withCodes() {
  people += 1;
  const email = `ada${people}@example.com`;
  const ada = await customer({ email });
  const { codes } = granted<Codes>(await ada.device.call("POST", "/api/recovery-codes"));
  return { ...ada, email, codes, code: codes[0] ?? "" };
}

const begin = (device: ReturnType<typeof visitor>["device"], email: string, code: string) =>
  device.call("POST", "/api/recovery", { email, code });

describe("recovery codes", () => {
  test("are ten, all different, shown once, and counted", async () => {
    const { device, codes } = await withCodes();
    expect(new Set(codes).size).toBe(recovery_codes_total);
    expect(codes.every((code) => /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/.test(code))).toBe(true);
    const security = granted(await device.call("GET", "/api/security"));
    expect(security).toMatchObject({ recoveryCodes: { left: 10, total: 10 }, callingYou: false });
    expect(granted(await device.call("GET", "/api/session"))).toMatchObject({ recoveryCodesLeft: 10 });
  });

  test("stop working when fresh ones are made", async () => {
    const { device, email, code } = await withCodes();
    granted(await device.call("POST", "/api/recovery-codes"));
    expect(problemOf(await begin(visitor().device, email, code)).code).toBe("recovery_failed");
  });

  test("are read as people type them", () => {
    const code = makeCode({ bytes: (length) => Uint8Array.from({ length }, (_, index) => index * 7) });
    expect(readCode(` ${code.toLowerCase().replaceAll("-", " ")} `)).toBe(code.replaceAll("-", ""));
    expect(readCode("OOOO-IIII-LLLL-0000")).toBe("0000111111110000");
    expect(readCode("too-short")).toBeNull();
  });
});

describe("a recovery", () => {
  test("gives a new device a passkey and a session for one code, and tells the old ones", async () => {
    const { email, code, personId, device } = await withCodes();
    const fresh = visitor();
    const offer = granted<Offer>(await begin(fresh.device, ` ${email.toUpperCase()} `, code.toLowerCase()));
    const credential = fresh.passkey.create(offer.options);
    const request = { challengeId: offer.id, credential, deviceName: "New phone" };
    const session = granted(await fresh.device.call("POST", "/api/recovery/passkey", request));
    expect(session).toMatchObject({ person: { id: personId }, sees: "full", recoveryCodesLeft: 9 });
    granted(await logIn(visitor().device, fresh.passkey));
    const events = await scene.events("identity.recovered");
    expect(events.filter((event) => event.subject === personId)).toHaveLength(1);
    expect((await device.call("GET", "/api/session")).status).toBe(200);
    expect(problemOf(await begin(visitor().device, email, code)).code).toBe("recovery_failed");
  });

  test("that isn't finished uses no code up, and of two with one code one is finished", async () => {
    const { email, code } = await withCodes();
    const [one, two] = [visitor(), visitor()];
    const offers = [
      granted<Offer>(await begin(one.device, email, code)),
      granted<Offer>(await begin(two.device, email, code)),
    ] as const;
    const finish = ({ device, passkey }: typeof one, offer: Offer) =>
      device.call("POST", "/api/recovery/passkey", {
        challengeId: offer.id,
        credential: passkey.create(offer.options),
        deviceName: "Phone",
      });
    const answers = await Promise.all([finish(one, offers[0]), finish(two, offers[1])]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 409]);
  });

  test("fails alike for a wrong code, somebody else's code and an e-mail of nobody", async () => {
    const [ada, bea] = [await withCodes(), await withCodes()];
    const wrong = problemOf(await begin(visitor().device, ada.email, "0000-0000-0000-0000"));
    expect(wrong).toMatchObject({ status: 401, code: "recovery_failed" });
    expect(problemOf(await begin(visitor().device, ada.email, bea.code))).toEqual(wrong);
    expect(problemOf(await begin(visitor().device, "nobody@example.com", ada.code))).toEqual(wrong);
    expect(problemOf(await begin(visitor().device, ada.email, "not a code"))).toEqual(wrong);
  });

  test("rests after five wrong tries in a row, whether or not anybody has that e-mail", async () => {
    const ada = await withCodes();
    for (const email of [ada.email, "nobody.else@example.com"]) {
      const tries = Array.from({ length: failures_in_row_max + 3 }, () =>
        begin(visitor().device, email, "0000-0000-0000-0000"),
      );
      const codes = (await Promise.all(tries)).map((answer) => problemOf(answer).code);
      expect(codes.filter((code) => code === "recovery_failed")).toHaveLength(failures_in_row_max);
      expect(codes.filter((code) => code === "recovery_blocked")).toHaveLength(3);
    }
    expect(problemOf(await begin(visitor().device, ada.email, ada.code)).code).toBe("recovery_blocked");
    granted(await logIn(visitor().device, ada.passkey));
    clock.advance(block_ms);
    expect((await begin(visitor().device, ada.email, ada.code)).status).toBe(200);
  });

  test("counts only tries in a row, and a right one begins anew", async () => {
    const ada = await withCodes();
    for (let round = 0; round < 2; round += 1) {
      for (let count = 0; count < failures_in_row_max - 1; count += 1) {
        expect(problemOf(await begin(visitor().device, ada.email, "0000-0000-0000-0000")).code).toBe(
          "recovery_failed",
        );
      }
      granted(await begin(visitor().device, ada.email, ada.code));
    }
  });
});
