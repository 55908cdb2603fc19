import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

type Sent = {
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
  readonly claims: Record<string, unknown>;
  readonly proof: string;
};

const sent: Sent[] = [];
const answers: (() => Response | Promise<Response>)[] = [];

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  () =>
    new Response(JSON.stringify(body), { status, headers });

function claimsOf(proof: string): Record<string, unknown> {
  const part = proof.split(".")[1] ?? "";
  return JSON.parse(atob(part.replaceAll("-", "+").replaceAll("_", "/"))) as Record<string, unknown>;
}

beforeEach(() => {
  vi.resetModules();
  sent.length = 0;
  answers.length = 0;
  vi.stubGlobal("location", { origin: "http://localhost:8080" });
  vi.stubGlobal("navigator", {});
  vi.stubGlobal("fetch", async (url: string, { headers }: { headers: Record<string, string> }) => {
    const proof = headers["dpop"] ?? "";
    sent.push({ url, headers, proof, claims: proof === "" ? {} : claimsOf(proof) });
    return answers.shift()?.();
  });
});

afterEach(() => vi.unstubAllGlobals());

describe("a request to the bank", () => {
  test("names itself in its proof, without its query, and carries the newest nonce", async () => {
    const { request } = await import("./request.ts");
    answers.push(json(200, {}, { "dpop-nonce": "n1" }), json(200, {}));
    await request("/api/accounts/a/transactions?limit=30");
    await request("/api/payments/p/undo", { method: "POST", body: {} });
    expect(sent[0]?.claims).toMatchObject({
      htm: "GET",
      htu: "http://localhost:8080/api/accounts/a/transactions",
    });
    expect(sent[1]?.claims).toMatchObject({ htm: "POST", nonce: "n1" });
    expect(sent[0]?.claims["jti"]).not.toBe(sent[1]?.claims["jti"]);
  });

  test("is signed by this installation's key", async () => {
    const { request } = await import("./request.ts");
    answers.push(json(200, {}));
    await request("/api/session");
    const [head = "", claims = "", signature = ""] = (sent[0]?.proof ?? "").split(".");
    const { jwk, alg, typ } = JSON.parse(atob(head.replaceAll("-", "+").replaceAll("_", "/"))) as {
      jwk: JsonWebKey;
      alg: string;
      typ: string;
    };
    expect({ alg, typ }).toEqual({ alg: "ES256", typ: "dpop+jwt" });
    const form = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("jwk", jwk, form, true, ["verify"]);
    const bytes = Uint8Array.from(atob(signature.replaceAll("-", "+").replaceAll("_", "/")), (one) =>
      one.charCodeAt(0),
    );
    const isOurs = await crypto.subtle.verify(
      form,
      key,
      bytes,
      new TextEncoder().encode(`${head}.${claims}`),
    );
    expect(isOurs).toBe(true);
    expect("d" in jwk).toBe(false);
  });

  test("is sent once more when the bank only wants its nonce, and not a third time", async () => {
    const { request } = await import("./request.ts");
    const wanted = json(401, { code: "use_dpop_nonce", title: "Once more" }, { "dpop-nonce": "n2" });
    answers.push(wanted, json(200, { fine: true }), wanted, wanted, json(200, {}));
    expect(await request("/api/session")).toEqual({ ok: true, value: { fine: true } });
    expect(sent[1]?.claims).toMatchObject({ nonce: "n2" });
    expect(await request("/api/session")).toMatchObject({ ok: false, error: { code: "use_dpop_nonce" } });
    expect(sent).toHaveLength(4);
  });

  test("that nobody answers, or something else answers, is a failure with words of our own", async () => {
    const { request } = await import("./request.ts");
    answers.push(
      () => Promise.reject(new TypeError("no network")),
      () => new Response("<html>", { status: 502 }),
    );
    expect(await request("/api/session")).toMatchObject({ ok: false, error: { code: "offline", status: 0 } });
    expect(await request("/api/session")).toMatchObject({
      ok: false,
      error: { code: "unreadable", status: 502 },
    });
  });

  test("that anybody may make carries no proof", async () => {
    const { request } = await import("./request.ts");
    answers.push(json(200, {}));
    await request("/api/configuration", { proof: false });
    expect(sent[0]?.proof).toBe("");
  });

  test("that finds the session gone says so", async () => {
    const { onSessionEnded, request } = await import("./request.ts");
    const ended = vi.fn<() => void>();
    onSessionEnded(ended);
    answers.push(json(401, { code: "login_failed" }), json(401, { code: "session_required" }));
    await request("/api/login", { method: "POST", body: {} });
    expect(ended).not.toHaveBeenCalled();
    await request("/api/accounts");
    expect(ended).toHaveBeenCalledOnce();
  });
});

describe("a request by a version that the boot layer started", () => {
  test("shows the edge's word for which one it is, or its own where there was no edge to ask", async () => {
    const { request } = await import("./request.ts");
    const swap = vi.fn<(version: string) => void>();
    answers.push(json(200, {}), json(200, {}));
    vi.stubGlobal("mainstay", { version: "1.4.0", activation: "signed", shell: null, swap });
    await request("/api/session");
    vi.stubGlobal("mainstay", { version: "1.4.0", activation: null, shell: null, swap });
    await request("/api/session");
    expect(
      sent.map(({ headers }) => [headers["x-mainstay-activation"], headers["x-mainstay-version"]]),
    ).toEqual([
      ["signed", undefined],
      [undefined, "1.4.0"],
    ]);
    expect(swap).not.toHaveBeenCalled();
  });

  test("that was taken back hears it with any answer, a failure too", async () => {
    const { request } = await import("./request.ts");
    const swap = vi.fn<(version: string) => void>();
    vi.stubGlobal("mainstay", { version: "1.4.0", activation: "signed", shell: null, swap });
    answers.push(json(503, { code: "bank_unavailable" }, { "x-mainstay-swap": "1.3.0" }));
    await request("/api/session");
    expect(swap).toHaveBeenCalledExactlyOnceWith("1.3.0");
  });
});
