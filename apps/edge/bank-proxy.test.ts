import { request as httpRequest } from "node:http";
import { body_bytes_max } from "@mainstay/platform";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { codeOf, startTestEdge } from "../../tests/support/test-edge.ts";

let edge: Awaited<ReturnType<typeof startTestEdge>>;

beforeAll(async () => {
  edge = await startTestEdge();
  await edge.publish("one");
});

afterAll(() => edge.stop());

beforeEach(() => {
  edge.asked.length = 0;
  edge.state.answer = (_request, response) =>
    response.setHeader("content-type", "application/json").end(`{"ok":true}`);
});

describe("the way to the bank", () => {
  test("carries the request with its id, and takes away what only we may say", async () => {
    const sent = await edge.ask("/api/payments?limit=2", {
      method: "POST",
      body: `{"amount":1}`,
      headers: {
        "content-type": "application/json",
        dpop: "a.b.c",
        cookie: "mainstay_session=x",
        connection: "keep-alive, x-mine",
        "x-mine": "1",
        te: "trailers",
        "x-forwarded-for": "10.0.0.1",
        "x-staff-assertion": "forged",
        "x-scheme-secret": "forged",
        "x-edge-secret": "forged",
        "x-mainstay-verified-activation": "forged",
        "x-mainstay-version": "garbled",
        "x-mainstay-customer": "forged",
      },
    });
    expect(JSON.parse(sent.body.toString())).toEqual({ ok: true });
    const [{ method, url, headers, body } = { method: "", url: "", headers: {}, body: "" }] = edge.asked;
    expect({ method, url, body }).toEqual({
      method: "POST",
      url: "/api/payments?limit=2",
      body: `{"amount":1}`,
    });
    expect(headers).toMatchObject({
      host: `localhost:${edge.port}`,
      dpop: "a.b.c",
      cookie: "mainstay_session=x",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-request-id": sent.headers["x-request-id"],
    });
    for (const name of ["x-mine", "te", "x-staff-assertion", "x-scheme-secret", "x-edge-secret"]) {
      expect(headers[name]).toBeUndefined();
    }
    expect(Object.keys(headers).filter((name) => name.startsWith("x-mainstay-"))).toEqual([]);
  });

  test("keeps a request id that is one, and makes one where there is none", async () => {
    const given = await edge.ask("/api/session", { headers: { "x-request-id": "req-12345678" } });
    expect(given.headers["x-request-id"]).toBe("req-12345678");
    const forged = await edge.ask("/api/session", { headers: { "x-request-id": "a b" } });
    expect(forged.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("passes the answer's status, headers and cookies back", async () => {
    edge.state.answer = (_request, response) =>
      response
        .writeHead(
          401,
          [
            ["content-type", "application/problem+json"],
            ["dpop-nonce", "n1"],
            ["set-cookie", "a=1"],
            ["set-cookie", "b=2"],
          ].flat(),
        )
        .end("{}");
    const got = await edge.ask("/api/session");
    expect(got.status).toBe(401);
    expect(got.headers).toMatchObject({ "dpop-nonce": "n1", "set-cookie": ["a=1", "b=2"] });
    expect(got.headers["x-content-type-options"]).toBe("nosniff");
  });

  test("lets events through as they come", async () => {
    let end = () => {};
    edge.state.answer = (_request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.flushHeaders();
      setTimeout(() => response.write("data: 1\n\n"), 20);
      end = () => response.end("data: 2\n\n");
    };
    const heard: string[] = [];
    await new Promise<void>((done, fail) => {
      httpRequest(
        {
          host: "127.0.0.1",
          port: edge.port,
          path: "/api/events",
          headers: { host: `localhost:${edge.port}` },
        },
        (response) => {
          response.on("data", (chunk: Buffer) => {
            heard.push(chunk.toString());
            // The second event is sent only once the first has arrived: nothing is held back on the way.
            if (heard.length === 1) end();
          });
          response.on("end", done);
        },
      )
        .on("error", fail)
        .end();
    });
    expect(heard).toEqual(["data: 1\n\n", "data: 2\n\n"]);
  });

  test("ends the bank's work when the client goes away", async () => {
    const gone = new Promise<void>((done) => {
      edge.state.answer = (_request, response) => {
        response.on("close", done);
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write("data: 1\n\n");
      };
    });
    const request = httpRequest(
      {
        host: "127.0.0.1",
        port: edge.port,
        path: "/api/events",
        headers: { host: `localhost:${edge.port}` },
      },
      (response) => response.once("data", () => request.destroy()),
    );
    request.on("error", () => {});
    request.end();
    await gone;
  });

  test("takes bodies of 64 KiB and no more, said or unsaid", async () => {
    const most = Buffer.alloc(body_bytes_max, "a");
    expect((await edge.ask("/api/x", { method: "POST", body: most })).status).toBe(200);
    expect(edge.asked[0]?.body.length).toBe(body_bytes_max);
    const said = await edge.ask("/api/x", { method: "POST", body: Buffer.alloc(body_bytes_max + 1) });
    expect(codeOf(said)).toBe("body_too_large");
    const headers = { "transfer-encoding": "chunked" };
    const unsaid = await edge.ask("/api/x", {
      method: "POST",
      headers,
      body: Buffer.alloc(body_bytes_max + 1),
    });
    expect([unsaid.status, codeOf(unsaid)]).toEqual([413, "body_too_large"]);
    expect(edge.asked).toHaveLength(1);
  });

  test.each(["/api/../staff/referrals", "/api/..%2fstaff/referrals", "/api//staff", "/api/.%2e/staff"])(
    "leads to the customers' part alone: %s",
    async (path) => {
      expect(codeOf(await edge.ask(path))).toBe("bad_request");
      expect(edge.asked).toEqual([]);
    },
  );

  test("says that an answer didn't come when the bank breaks off, and doesn't ask twice", async () => {
    edge.state.answer = (request) => request.socket.destroy();
    const got = await edge.ask("/api/payments", { method: "POST", body: "{}" });
    expect([got.status, codeOf(got)]).toEqual([504, "bank_silent"]);
    expect(edge.asked).toHaveLength(1);
  });
});

describe("with the bank away", () => {
  test("the app still loads, and each call says so and what to do", async () => {
    const lonely = await startTestEdge({ bankUrl: "http://127.0.0.1:1" });
    await lonely.publish("one");
    expect((await lonely.ask("/")).status).toBe(200);
    expect((await lonely.ask("/assignment")).status).toBe(200);
    const call = await lonely.ask("/api/session");
    expect([call.status, codeOf(call), call.headers["retry-after"]]).toEqual([503, "bank_unavailable", "2"]);
    const ready = (await lonely.ask("/health/ready")).body.toString();
    expect(JSON.parse(ready)).toEqual({ status: "ok", failing: [], away: ["bank"] });
    await lonely.stop();
  });
});
