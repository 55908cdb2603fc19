import { createHash } from "node:crypto";
import {
  answers_of_ada,
  granted,
  injectTransport,
  logIn,
  createVisitor,
  randomId,
  type TestCustomer,
} from "@mainstay/testkit";
import { describe, expect, test } from "vitest";
import { asId } from "@mainstay/kernel";
import { session_token_header } from "@mainstay/wire";
import { createIdentityScene, problemOf } from "../../../tests/support/identity-scene.ts";
import { clearedSessionCookie, sessionCookie, sessionTokenOf, shownTokenOf } from "./cookie.ts";
import { idle_ms_max, session_cache_ms_max, session_ms_max } from "./rules.ts";

const scene = await createIdentityScene();
const { visitor, customer, clock, origin } = scene;

const cookieOf = ({ device }: TestCustomer): string =>
  [...device.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
const sees = async ({ device }: TestCustomer): Promise<string> =>
  granted<{ sees: string }>(await device.call("GET", "/api/session")).sees;

const tokenHashOf = (token: string) => createHash("sha256").update(token).digest("base64url");

/** Logs in as a native shell does: from its own origin, without cookies. */
async function shell() {
  const { device, passkey } = await customer();
  const headers = { origin: "capacitor://localhost" };
  granted(await device.call("POST", "/api/logout"));
  const answer = await logIn(device, passkey, { headers });
  const token = answer.headers[session_token_header] ?? "";
  const show = (claims: Record<string, unknown>, shown = token, by = device) =>
    by.call("GET", "/api/session", undefined, {
      headers: { ...headers, authorization: `DPoP ${shown}` },
      faults: { claims },
    });
  return { device, answer, token, show };
}

describe("a native shell's session", () => {
  test("is shown as a token, named by each proof, and sets no cookie", async () => {
    const { device, answer, token, show } = await shell();
    expect(answer.status).toBe(200);
    expect(device.cookies.size).toBe(0);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect((await show({ ath: tokenHashOf(token) })).status).toBe(200);
  });

  test("isn't taken without its name in the proof, with another's, or under another key", async () => {
    const { token, show } = await shell();
    for (const claims of [{}, { ath: tokenHashOf("another") }, { ath: 1 }]) {
      expect(problemOf(await show(claims)).code).toBe("client_proof_invalid");
    }
    const ath = tokenHashOf(token);
    expect(problemOf(await show({ ath }, token, visitor().device)).code).toBe("session_required");
    const made_up = "A".repeat(43);
    expect(problemOf(await show({ ath: tokenHashOf(made_up) }, made_up)).code).toBe("session_required");
  });

  test("is for shells alone: the log-in of another page gets a cookie and sees no token", async () => {
    for (const page of [undefined, "http://localhost:8080", "https://localhost.evil.example"]) {
      const { device, passkey } = await customer();
      const answer = await logIn(device, passkey, page === undefined ? {} : { headers: { origin: page } });
      expect(answer.headers[session_token_header]).toBeUndefined();
      expect(device.cookies.size).toBe(1);
    }
  });

  test("is read from the scheme that proofs go with, and no other", () => {
    const token = "A".repeat(43);
    expect(shownTokenOf(`DPoP ${token}`)).toBe(token);
    for (const header of [undefined, "", token, `Bearer ${token}`, `DPoP ${token}A`, `DPoP  ${token}`]) {
      expect(shownTokenOf(header)).toBeNull();
    }
  });
});

describe("a session", () => {
  test("needs its cookie", async () => {
    const { device } = visitor();
    expect(problemOf(await device.call("GET", "/api/session"))).toMatchObject({
      status: 401,
      code: "session_required",
    });
  });

  test("isn't there for a token that nobody was given", async () => {
    const { device } = visitor();
    const headers = { cookie: `mainstay_session=${"A".repeat(43)}` };
    const answer = await device.call("GET", "/api/session", undefined, { headers });
    expect(problemOf(answer)).toMatchObject({ status: 401, code: "session_required" });
  });

  test("whose cookie was stolen reads nothing on another device", async () => {
    const ada = await customer();
    const thief = visitor().device;
    const answer = await thief.call("GET", "/api/session", undefined, { headers: { cookie: cookieOf(ada) } });
    expect(problemOf(answer)).toMatchObject({ status: 401, code: "session_required" });
  });

  test("reads nothing with another device's proof, with a used one, or with none", async () => {
    const ada = await customer();
    const path = "/api/session";
    const none = await ada.device.call("GET", path, undefined, { proof: null });
    expect(problemOf(none)).toMatchObject({ status: 401, code: "client_proof_invalid" });
    const proof = ada.device.proofFor("GET", path);
    granted(await ada.device.call("GET", path, undefined, { proof }));
    const replayed = await ada.device.call("GET", path, undefined, { proof });
    expect(problemOf(replayed)).toMatchObject({ status: 401, code: "proof_replayed" });
    const elsewhere = ada.device.proofFor("GET", "/api/devices");
    expect(problemOf(await ada.device.call("GET", path, undefined, { proof: elsewhere })).code).toBe(
      "client_proof_invalid",
    );
  });

  test("takes no nonce of another session, and says which one it wants", async () => {
    const [ada, bea] = [await customer(), await customer()];
    const nonce = bea.device.nonce() ?? "";
    const answer = await ada.device.call("GET", "/api/session", undefined, {
      faults: { nonce },
      isSingle: true,
    });
    expect(problemOf(answer)).toMatchObject({ status: 401, code: "use_dpop_nonce" });
    expect(answer.headers["www-authenticate"]).toBe('DPoP error="use_dpop_nonce"');
    expect(answer.headers["dpop-nonce"]).toBeTruthy();
    granted(await ada.device.call("GET", "/api/session"));
  });

  test("is worth nothing after a log-out", async () => {
    const ada = await customer();
    const cookie = cookieOf(ada);
    granted(await ada.device.call("POST", "/api/logout"));
    expect(ada.device.cookies.size).toBe(0);
    const answer = await ada.device.call("GET", "/api/session", undefined, { headers: { cookie } });
    expect(problemOf(answer).code).toBe("session_required");
  });

  test("ends for good after ninety days", async () => {
    const ada = await customer();
    clock.advance(session_ms_max);
    expect(problemOf(await ada.device.call("GET", "/api/session")).code).toBe("session_required");
  });
});

describe("five idle minutes", () => {
  test("leave a session the balance alone, until the passkey has been touched", async () => {
    const ada = await customer();
    clock.advance(idle_ms_max);
    expect(await sees(ada)).toBe("full");
    clock.advance(1);
    expect(await sees(ada)).toBe("balance");
    const answer = await ada.device.call("GET", "/api/devices");
    expect(problemOf(answer)).toMatchObject({ status: 403, code: "passkey_needed" });
    granted(await logIn(ada.device, ada.passkey));
    granted(await ada.device.call("GET", "/api/devices"));
    expect(await sees(ada)).toBe("full");
  });

  test("begin anew with what the customer does, and not with what the app asks by itself", async () => {
    const ada = await customer();
    clock.advance(idle_ms_max - 1_000);
    granted(await ada.device.call("GET", "/api/devices"));
    clock.advance(idle_ms_max - 1_000);
    expect(await sees(ada)).toBe("full");
    clock.advance(2_000);
    expect(await sees(ada)).toBe("balance");
  });

  test("reduce what an open stream may show, and the passkey gives it back", async () => {
    const ada = await customer();
    const session = granted<{ id: string; deviceId: string }>(await ada.device.call("GET", "/api/session"));
    const principal = {
      personId: asId("person", ada.personId),
      sessionId: asId("ses", session.id),
      deviceId: asId("dev", session.deviceId),
      thumbprint: ada.device.thumbprint,
      sees: "full",
    } as const;
    const { identity } = scene;
    clock.advance(idle_ms_max);
    granted(await ada.device.call("GET", "/api/devices"));
    clock.advance(idle_ms_max);
    expect(await identity.sightOf(principal)).toBe("full");
    clock.advance(1);
    expect(await identity.sightOf(principal)).toBe("balance");
    granted(await logIn(ada.device, ada.passkey));
    expect(await identity.sightOf(principal)).toBe("full");
    granted(await ada.device.call("POST", "/api/logout"));
    expect(await identity.sightOf(principal)).toBeNull();
  });

  test("aren't undone by asking for the balance", async () => {
    const ada = await customer();
    clock.advance(idle_ms_max + 1);
    for (let count = 0; count < 3; count += 1) {
      clock.advance(1_000);
      expect(await sees(ada)).toBe("balance");
    }
  });

  test("are counted across a restart from the last time that was written", async () => {
    const ada = await customer();
    clock.advance(60_000);
    granted(await ada.device.call("GET", "/api/devices"));
    await scene.identity.stop();
    const restarted = await scene.anotherProcess();
    clock.advance(idle_ms_max);
    const cookie = cookieOf(ada);
    const there = await askElsewhere(restarted.server, ada, cookie);
    expect(granted<{ sees: string }>(there).sees).toBe("full");
  });
});

/** Asks another process of the bank, with the same device and cookie: its first nonce is of no use there. */
async function askElsewhere(
  server: Parameters<typeof injectTransport>[0],
  who: TestCustomer,
  cookie: string,
) {
  const transport = injectTransport(server);
  const send = (nonce?: string) =>
    transport({
      method: "GET",
      path: "/api/session",
      headers: {
        cookie,
        dpop: who.device.proofFor("GET", "/api/session", nonce === undefined ? {} : { nonce }),
      },
      body: undefined,
    });
  const first = await send();
  const last =
    first.status === 401 && first.headers["dpop-nonce"] ? await send(first.headers["dpop-nonce"]) : first;
  return { status: last.status, headers: last.headers, body: JSON.parse(last.text) as unknown };
}

describe("devices", () => {
  test("are listed, and a device that is logged out is out at once", async () => {
    const ada = await customer();
    const laptop = visitor().device;
    granted(await logIn(laptop, ada.passkey));
    type List = { devices: { id: string; current: boolean; loggedIn: boolean }[] };
    const { devices } = granted<List>(await ada.device.call("GET", "/api/devices"));
    expect(devices).toHaveLength(2);
    const other = devices.find((device) => !device.current);
    granted(await ada.device.call("DELETE", `/api/devices/${other?.id}`));
    expect(problemOf(await laptop.call("GET", "/api/session")).code).toBe("session_required");
    const after = granted<List>(await ada.device.call("GET", "/api/devices"));
    expect(after.devices.find((device) => device.id === other?.id)?.loggedIn).toBe(false);
  });

  test("of another customer are as if they weren't there", async () => {
    const [ada, bea] = [await customer(), await customer()];
    const session = granted<{ deviceId: string }>(await bea.device.call("GET", "/api/session"));
    const theirs = problemOf(await ada.device.call("DELETE", `/api/devices/${session.deviceId}`));
    expect(theirs).toEqual(problemOf(await ada.device.call("DELETE", `/api/devices/${randomId("dev")}`)));
    expect(theirs).toMatchObject({ status: 404, code: "not_found" });
    expect((await bea.device.call("GET", "/api/session")).status).toBe(200);
  });

  test("logged out in one process are out of every other within the stated bound", async () => {
    const ada = await customer();
    const cookie = cookieOf(ada);
    const other = await scene.anotherProcess();
    granted(await askElsewhere(other.server, ada, cookie));
    granted(await ada.device.call("POST", "/api/logout"));
    clock.advance(session_cache_ms_max);
    const late = await askElsewhere(other.server, ada, cookie);
    expect(problemOf(late).code).toBe("session_required");
  });
});

describe("the demo", () => {
  const demo = {
    id: asId("person", "person_0000000000000000000001"),
    createdAt: new Date("2026-01-01T00:00:00Z"),
  };

  test("lets a visitor look around as its customer, who has no passkey here yet", async () => {
    const { device, passkey } = createVisitor({ origin, transport: scene.transport });
    expect(problemOf(await device.call("POST", "/api/demo/session"))).toMatchObject({
      status: 404,
      code: "demo_unavailable",
    });
    const answers = { ...answers_of_ada, firstName: "Nia" };
    await scene.identity.addDemoPerson({ ...demo, answers });
    await scene.identity.addDemoPerson({ ...demo, answers });
    const session = granted<Record<string, unknown>>(await device.call("POST", "/api/demo/session"));
    expect(session).toMatchObject({ demo: true, hasPasskey: false, sees: "full" });
    const offer = granted<{ id: string; options: Parameters<typeof passkey.create>[0] }>(
      await device.call("POST", "/api/passkeys/options"),
    );
    const credential = passkey.create(offer.options);
    granted(
      await device.call("POST", "/api/passkeys", { challengeId: offer.id, credential, deviceName: "Phone" }),
    );
    expect(granted(await device.call("GET", "/api/session"))).toMatchObject({ hasPasskey: true });
    const second = createVisitor({ origin, transport: scene.transport }).device;
    expect(granted(await second.call("POST", "/api/demo/session"))).toMatchObject({ hasPasskey: false });
  });
});

describe("the cookie", () => {
  const plain = { id: "localhost", name: "Mainstay", origins: ["http://localhost:8080"] };
  const secure = { id: "bank.example", name: "Mainstay", origins: ["https://bank.example"] };
  const token = "t".repeat(43);

  test("is out of reach of scripts and other sites, and over TLS of anything but this host", () => {
    expect(sessionCookie(plain, token)).toBe(
      `mainstay_session=${token}; Path=/; Max-Age=7776000; HttpOnly; SameSite=Strict`,
    );
    expect(sessionCookie(secure, token)).toMatch(
      /^__Host-mainstay_session=.*; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(clearedSessionCookie(secure)).toMatch(/^__Host-mainstay_session=; Path=\/; Max-Age=0/);
  });

  test.each([
    [`mainstay_session=${token}`, token],
    [`a=b; __Host-mainstay_session=${token}; c=d`, token],
    [`xmainstay_session=${token}`, null],
    [`mainstay_session=${token}x`, null],
    ["mainstay_session=", null],
    [undefined, null],
  ])("%s is read", (header, expected) => expect(sessionTokenOf(header)).toBe(expected));
});
