import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What was asked of it. */
export type Asked = {
  readonly method: string;
  readonly path: string;
  readonly secret: string;
  readonly body: unknown;
};
type Reply = { readonly status: number; readonly body: unknown };

/** Stands where control does: takes down what it is asked, and answers what the test says. */
export async function startControl() {
  const asked: Asked[] = [];
  // As control answers while it knows of nothing.
  const registered = { version: "0.0.1", isNew: true, stableOn: ["web"] };
  const state = {
    reply: ({ method }: Asked): Reply => ({
      status: 200,
      body: method === "GET" ? { versions: [] } : registered,
    }),
  };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString("utf8");
      const one: Asked = {
        method: request.method ?? "",
        path: request.url ?? "",
        secret: String(request.headers["x-edge-secret"]),
        body: text === "" ? null : (JSON.parse(text) as unknown),
      };
      asked.push(one);
      const { status, body } = state.reply(one);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    state,
    /** The versions that were registered, and how. */
    registered: () =>
      asked
        .filter(({ path, method }) => path === "/internal/versions" && method === "POST")
        .map(({ body }) => body as { manifest: string; signature: string; adopt?: boolean })
        .map(({ manifest, adopt }) => ({
          version: (JSON.parse(manifest) as { version: string }).version,
          adopt: adopt === true,
        })),
    stop: () => new Promise<void>((done) => server.close(() => done())),
  };
}

/** A plan by which nobody has any version. */
export function emptyPlan() {
  const platform = {
    ...{ stable: null, previous: null, rollout: null },
    ...{ minimum: null, recommended: null, storeUrl: null },
  };
  return { epoch: 1, platforms: { ios: platform, android: platform, web: platform }, takenBack: [] };
}
