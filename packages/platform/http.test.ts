import Type from "typebox";
import { afterEach, describe, expect, it } from "vitest";
import { createHttpServer, body_bytes_max, type HttpServer } from "./http.ts";
import { createLogger, requestContext } from "./log.ts";
import { platform_problems, problem } from "./problem.ts";

let server: HttpServer;
afterEach(() => server.close());

async function start(ready: Record<string, () => Promise<void>> = {}): Promise<HttpServer> {
  server = await createHttpServer({
    name: "test",
    log: createLogger({ name: "test", level: "silent" }),
    ready,
  });
  const body = Type.Object({ amount: Type.Integer({ minimum: 1 }) }, { additionalProperties: false });
  server.post("/echo", { schema: { body } }, (request) => request.body);
  server.get(
    "/page",
    { schema: { querystring: Type.Object({ limit: Type.Integer() }) } },
    (request) => request.query,
  );
  server.get("/bug", () => {
    throw new Error("with a secret in its message");
  });
  server.get("/missing", () => {
    throw problem(platform_problems, "not_found");
  });
  server.get("/context", () => ({ id: requestContext.getStore()?.requestId }));
  return server;
}

const post = (payload: string, type = "application/json") =>
  server.inject({ method: "POST", url: "/echo", payload, headers: { "content-type": type } });

describe("the HTTP server", () => {
  it.each([
    ["not JSON", "{", "bad_request", 400],
    ["a wrong type", `{"amount":"1"}`, "bad_request", 400],
    ["out of range", `{"amount":0}`, "bad_request", 400],
    ["an unknown property", `{"amount":1,"admin":true}`, "bad_request", 400],
    ["a poisoned prototype", `{"amount":1,"__proto__":{"x":1}}`, "bad_request", 400],
    ["too much", `{"amount":1,"pad":"${"x".repeat(body_bytes_max)}"}`, "body_too_large", 413],
  ])("answers %s with a problem document", async (_what, payload, code, status) => {
    await start();
    const response = await post(payload);
    expect(response.statusCode).toBe(status);
    expect(response.headers["content-type"]).toContain("application/problem+json");
    expect(response.json()).toMatchObject({ code, status, retryable: false });
  });

  it("refuses content that it doesn't read", async () => {
    await start();
    expect((await post("<a/>", "text/xml")).json()).toMatchObject({ code: "unsupported_media_type" });
  });

  it("names the wrong field by a pointer", async () => {
    await start();
    expect((await post(`{"amount":-1}`)).json().errors).toEqual([
      { pointer: "/body/amount", detail: "must be >= 1" },
    ]);
  });

  it("reads numbers in a query string", async () => {
    await start();
    expect((await server.inject("/page?limit=5")).json()).toEqual({ limit: 5 });
    expect((await server.inject("/page?limit=five")).statusCode).toBe(400);
  });

  it("says nothing of a bug but its request id", async () => {
    await start();
    const response = await server.inject("/bug");
    expect(response.json()).toMatchObject({ code: "internal", requestId: response.headers["x-request-id"] });
    expect(response.body).not.toContain("secret");
  });

  it("keeps a request id that fits, and makes one for what doesn't", async () => {
    await start();
    const withId = (id: string) => server.inject({ url: "/context", headers: { "x-request-id": id } });
    expect((await withId("edge-12345678")).json()).toEqual({ id: "edge-12345678" });
    const forged = await withId("x*/ DROP TABLE people; --");
    expect(forged.json().id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is ready when all that it needs works, and says what doesn't", async () => {
    await start({ database: () => Promise.reject(new Error("down")), simulator: () => Promise.resolve() });
    const response = await server.inject("/health/ready");
    expect([response.statusCode, response.json()]).toEqual([
      503,
      { status: "failing", failing: ["database"] },
    ]);
    expect((await server.inject("/health/live")).statusCode).toBe(200);
  });

  it("counts requests by route and never by URL", async () => {
    await start();
    await server.inject("/missing?token=abc");
    const metrics = (await server.inject("/metrics")).body;
    expect(metrics).toContain(`route="/missing",status="404"`);
    expect(metrics).not.toContain("abc");
  });
});
