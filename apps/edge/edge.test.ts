import { readFile, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rescan_ms_min } from "./catalog.ts";
import { header_bytes_max } from "./server.ts";
import { codeOf, startTestEdge } from "../../tests/support/test-edge.ts";

let edge: Awaited<ReturnType<typeof startTestEdge>>;

beforeAll(async () => {
  edge = await startTestEdge();
  await edge.publish("one");
});

afterAll(() => edge.stop());

beforeEach(() => edge.clock.advance(rescan_ms_min));

describe("the boot page", () => {
  test.each(["/", "/home", "/pay/amount", "/?from=home"])("stands at %s", async (path) => {
    const page = await edge.ask(path);
    expect(page.status).toBe(200);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(page.headers["cache-control"]).toBe("no-cache");
  });

  test("lets in nothing inline, nothing foreign, one worker, and no text as code", async () => {
    const policy = String((await edge.ask("/")).headers["content-security-policy"]);
    expect(policy).not.toMatch(/unsafe|\*|https?:\/\/(?!localhost)/);
    const origin = `http://localhost:${edge.port}`;
    expect(policy.split("; ")).toEqual(
      expect.arrayContaining([
        "default-src 'none'",
        `script-src ${origin}/boot/ ${origin}/v/`,
        `worker-src ${origin}/sw.js`,
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
      ]),
    );
  });

  test("carries the headers that keep other sites out", async () => {
    const { headers } = await edge.ask("/");
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers["permissions-policy"]).toContain("camera=()");
    // Over plain http it would be a lie, and on localhost it would shut out every other project.
    expect(headers["strict-transport-security"]).toBeUndefined();
  });

  test("isn't sent again to who has it", async () => {
    const { headers } = await edge.ask("/");
    const again = await edge.ask("/", { headers: { "if-none-match": String(headers.etag) } });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });
});

describe("a service worker's script", () => {
  test("is served from one place only", async () => {
    const headers = { "service-worker": "script" };
    expect((await edge.ask("/sw.js", { headers })).status).toBe(200);
    for (const path of ["/boot/boot-abc.js", "/v/0.1.1/assets/main-1.js", "/", "/api/sw.js"]) {
      const refused = await edge.ask(path, { headers });
      expect([refused.status, codeOf(refused)]).toEqual([403, "service_worker_refused"]);
    }
    expect(edge.asked).toEqual([]);
  });
});

describe("a published version", () => {
  test("is compressed as the client takes it, and never changes", async () => {
    const path = "/v/0.1.1/assets/main-1.js";
    const plain = await edge.ask(path);
    expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(plain.headers["content-encoding"]).toBeUndefined();
    const br = await edge.ask(path, { headers: { "accept-encoding": "gzip, deflate, br" } });
    expect(br.headers["content-encoding"]).toBe("br");
    expect(br.headers["vary"]).toBe("accept-encoding");
    expect(brotliDecompressSync(br.body)).toEqual(plain.body);
    const gzip = await edge.ask(path, { headers: { "accept-encoding": "br;q=0, gzip" } });
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    expect(new Set([plain.headers.etag, br.headers.etag, gzip.headers.etag]).size).toBe(3);
  });

  test("holds what its manifest names and nothing else", async () => {
    const manifest = JSON.parse((await edge.ask("/v/0.1.1/manifest.json")).body.toString()) as {
      files: { path: string }[];
    };
    expect(manifest.files.map(({ path }) => path)).toEqual(["assets/main-1.js"]);
    for (const path of ["index.html", "assets/main-1.js.br", ".vite/manifest.json", "assets", ""]) {
      expect((await edge.ask(`/v/0.1.1/${path}`)).status).toBe(404);
    }
  });

  test.each([
    "/v/0.1.1/../../secret.txt",
    "/v/0.1.1/..%2f..%2fsecret.txt",
    "/v/0.1.1/%2e%2e/%2e%2e/secret.txt",
    "/v/0.1.1/..\\..\\secret.txt",
    "/v/../catalog/0.1.1/manifest.json",
    "/v/..%00/secret.txt",
    "//secret.txt",
    "/boot/../secret.txt",
    "/icons/../../secret.txt",
    "/v/9.9.9/assets/main-1.js",
    "/v/latest/assets/main-1.js",
  ])("leads nowhere else: %s", async (path) => {
    const found = await edge.ask(path);
    expect([400, 404]).toContain(found.status);
    expect(found.body.toString()).not.toContain("not to be served");
  });

  test("is assigned as soon as it is there, and the same build is published once", async () => {
    const { version, isNew } = await edge.publish("two");
    expect(isNew).toBe(true);
    expect(await edge.publish("two")).toMatchObject({ version, isNew: false });
    edge.clock.advance(rescan_ms_min);
    const assignment = await edge.ask("/assignment");
    expect(assignment.headers["cache-control"]).toBe("no-store");
    expect(JSON.parse(assignment.body.toString())).toMatchObject({
      version,
      activation: expect.stringMatching(/^[\w-]+\.[\w-]{43}$/) as string,
    });
    // The former one stays: someone may be on it.
    expect((await edge.ask("/v/0.1.1/assets/main-1.js")).status).toBe(200);
  });

  test("isn't assigned when a file isn't what its manifest says", async () => {
    const { version: former } = await edge.publish("three");
    const { version } = await edge.publish("four");
    const path = join(edge.catalog, version, "assets/main-1.js");
    await writeFile(path, (await readFile(path, "utf8")).replace("four", "5our"));
    edge.clock.advance(rescan_ms_min);
    expect(JSON.parse((await edge.ask("/assignment")).body.toString())).toMatchObject({ version: former });
    expect((await edge.ask(`/v/${version}/assets/main-1.js`)).status).toBe(404);
  });
});

describe("what isn't meant for us", () => {
  test("another host's name is refused, except for health and metrics", async () => {
    const headers = { host: "evil.example" };
    expect(codeOf(await edge.ask("/", { headers }))).toBe("host_unknown");
    expect(codeOf(await edge.ask("/api/session", { headers }))).toBe("host_unknown");
    expect((await edge.ask("/health/live", { headers })).status).toBe(200);
    expect((await edge.ask("/metrics", { headers })).body.toString()).toContain(
      "http_request_duration_seconds",
    );
  });

  test("nothing is written to pages and files", async () => {
    for (const path of ["/", "/sw.js", "/v/0.1.1/manifest.json", "/assignment"]) {
      const refused = await edge.ask(path, { method: "POST", body: "x" });
      expect([refused.status, refused.headers["allow"]]).toEqual([405, "GET, HEAD"]);
    }
  });

  test("a missing file is missing, and not the page", async () => {
    expect((await edge.ask("/favicon.ico")).status).toBe(404);
    expect((await edge.ask("/boot/boot-old.js")).status).toBe(404);
  });

  test("headers beyond the limit end the connection with an answer", async () => {
    const text = await new Promise<string>((done, fail) => {
      const socket = connect(edge.port, "127.0.0.1", () =>
        socket.write(
          `GET / HTTP/1.1\r\nhost: localhost:${edge.port}\r\nx: ${"a".repeat(header_bytes_max)}\r\n\r\n`,
        ),
      );
      let said = "";
      socket.on("data", (chunk: Buffer) => (said += chunk.toString()));
      socket.on("close", () => done(said));
      socket.on("error", fail);
    });
    expect(text).toMatch(/^HTTP\/1\.1 431 /);
  });
});
