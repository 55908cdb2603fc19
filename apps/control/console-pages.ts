import type { FastifyReply, FastifyRequest } from "fastify";
import {
  answerFile,
  pageHeaders,
  platform_problems,
  problem,
  type HttpServer,
  type PagePolicy,
  type StaticFile,
} from "@mainstay/platform";

/** The console's code lies in one folder, and it has no worker. */
const console_policy: PagePolicy = {
  code: ["/assets/"],
  fonts: ["/assets/"],
  worker: null,
  trustedTypes: [],
};

/** Adds the console's page at every path that is none of the server's own, and its files. */
export function addConsolePages(
  server: HttpServer,
  deps: { readonly origin: string; readonly files: ReadonlyMap<string, StaticFile> },
): void {
  const headers = pageHeaders(deps.origin, console_policy);

  function send(request: FastifyRequest, reply: FastifyReply, file: StaticFile, cache: string): void {
    reply.hijack();
    for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...headers })) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    answerFile(request.raw, reply.raw, file, cache);
  }

  server.get("/*", { schema: { hide: true } }, (request, reply) => {
    const path = (request.params as { "*": string })["*"];
    if (path.startsWith("api/") || path.startsWith("internal/"))
      throw problem(platform_problems, "not_found");
    const file = deps.files.get(path);
    if (file && path !== "index.html") {
      // Names under assets/ are made of the content.
      send(
        request,
        reply,
        file,
        path.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      );
      return;
    }
    const page = deps.files.get("index.html");
    // A file that there isn't, not a page: pages have dots only further down, where versions are named.
    const isFile = path.startsWith("assets/") || (!path.includes("/") && path.includes("."));
    if (!page || isFile) throw problem(platform_problems, "not_found");
    send(request, reply, page, "no-cache");
  });
}
