import { err, ok } from "@mainstay/kernel";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Ask } from "../api/request.ts";

const challenge = {
  id: "lgc_0351zSMq07Iva4X1j6koV4",
  expiresAt: "2026-11-22T12:05:00.000Z",
  options: {
    challenge: "AAEC",
    rpId: "localhost",
    timeout: 1,
    allowCredentials: [],
    userVerification: "required",
  },
  nonce: "c.one",
};
const asked: { path: string; ask: Ask }[] = [];
const answers: unknown[] = [];
const touched: string[] = [];
const refused = vi.fn<(code: string) => void>();
const loggedIn = vi.fn<() => void>();

vi.mock("../api/request.ts", () => ({
  request: async (path: string, ask: Ask) => {
    asked.push({ path, ask });
    return answers.shift();
  },
}));
vi.mock("./device-key.ts", () => ({
  deviceKey: async () => ({ jwk: { kty: "EC", crv: "P-256", x: "x", y: "y" } }),
}));
vi.mock("./passkey.ts", () => ({
  touchPasskey: async (options: { challenge: string }) => {
    touched.push(options.challenge);
    return ok({ id: "credential" });
  },
  makePasskey: async () => ok({ id: "new" }),
}));

beforeEach(() => {
  asked.length = 0;
  answers.length = 0;
  touched.length = 0;
  refused.mockClear();
  loggedIn.mockClear();
  vi.stubGlobal("navigator", { userAgent: "" });
  vi.stubGlobal("mainstay", { version: "1.4.0", activation: null, refused, loggedIn });
});
afterEach(() => vi.unstubAllGlobals());

describe("a log-in", () => {
  test("says its protocol, has the derived challenge signed, and carries the challenge's nonce", async () => {
    const { logIn } = await import("./log-in.ts");
    const { protocol } = await import("./protocol.ts");
    answers.push(ok(challenge), ok({ id: "ses" }));
    expect(await logIn()).toEqual(ok({ id: "ses" }));
    expect(asked.map(({ path }) => path)).toEqual(["/api/login/challenges", "/api/login"]);
    expect(asked[0]?.ask.body).toEqual({ protocol: protocol.name });
    expect(asked[1]?.ask).toMatchObject({
      nonce: "c.one",
      body: { protocol: protocol.name, challengeId: challenge.id, credential: { id: "credential" } },
    });
    expect(loggedIn).toHaveBeenCalledOnce();
    expect(touched[0]).toMatch(/^[\w-]{43}$/);
    expect(touched[0]).not.toBe(challenge.options.challenge);
  });

  test.each(["login_protocol_unsupported", "client_version_unsupported", "client_proof_invalid"])(
    "that is refused as %s says so to the boot layer",
    async (code) => {
      const { logIn } = await import("./log-in.ts");
      answers.push(err({ code, title: "", status: 400, retryable: false }));
      expect(await logIn()).toMatchObject({ ok: false, error: { by: "bank" } });
      expect(refused).toHaveBeenCalledWith(code);
    },
  );

  test.each(["login_failed", "login_blocked", "internal", "offline", "timeout"])(
    "that ends as %s leaves this version where it is",
    async (code) => {
      const { logIn } = await import("./log-in.ts");
      answers.push(ok(challenge), err({ code, title: "", status: 500, retryable: true }));
      expect(await logIn()).toMatchObject({ ok: false });
      expect(refused).not.toHaveBeenCalled();
      expect(loggedIn).not.toHaveBeenCalled();
    },
  );
});

describe("a log-in with a new passkey", () => {
  const ways = { begin: { path: "/api/recovery", body: { code: "c" } }, path: "/api/recovery/passkey" };

  test("asks, makes the passkey, and tells the boot layer that this bundle logged in", async () => {
    const { logInWithNewPasskey } = await import("./log-in-with-new-passkey.ts");
    answers.push(ok({ id: "pkc", options: {} }), ok({ id: "ses" }));
    expect(await logInWithNewPasskey(ways)).toEqual(ok({ id: "ses" }));
    expect(asked[0]).toMatchObject({ path: "/api/recovery", ask: { method: "POST", body: { code: "c" } } });
    expect(asked[1]?.ask.body).toMatchObject({ challengeId: "pkc", credential: { id: "new" } });
    expect(loggedIn).toHaveBeenCalledOnce();
  });

  test("tells it too where this client is refused, and nothing else", async () => {
    const { logInWithNewPasskey } = await import("./log-in-with-new-passkey.ts");
    answers.push(err({ code: "recovery_failed", title: "", status: 401, retryable: true }));
    expect(await logInWithNewPasskey(ways)).toMatchObject({ ok: false, error: { by: "bank" } });
    expect(refused).not.toHaveBeenCalled();
    answers.push(err({ code: "client_proof_invalid", title: "", status: 401, retryable: false }));
    await logInWithNewPasskey(ways);
    expect(refused).toHaveBeenCalledWith("client_proof_invalid");
    expect(loggedIn).not.toHaveBeenCalled();
  });
});
