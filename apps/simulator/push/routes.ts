import Type from "typebox";
import type { FastifyRequest } from "fastify";
import type { HttpServer } from "@mainstay/platform";
import { pushPage } from "../pages/push.ts";
import { push_bytes_max, type PushService } from "./push-service.ts";

/** How long a sender is asked to wait by 429, in seconds. */
const retry_after_s = 2;

function originOf(request: FastifyRequest): string {
  return `http://${request.headers.host ?? ""}`;
}

function headersOf(request: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

/** Adds the push service's doors (RFC 8030 §5), and a page with what browsers were pushed. */
export function addPushRoutes(server: HttpServer, pushes: PushService): void {
  server.get("/push", (_request, reply) =>
    reply.type("text/html; charset=utf-8").send(pushPage(pushes.pushes())),
  );
  server.get("/api/push/messages", () => ({ pushes: pushes.pushes() }));
  const SubscribeSchema = Type.Object(
    { applicationServerKey: Type.Optional(Type.String({ maxLength: 100 })) },
    { additionalProperties: false },
  );
  server.post("/api/push/subscriptions", { schema: { body: SubscribeSchema } }, (request) =>
    pushes.subscribe(originOf(request), request.body.applicationServerKey ?? null),
  );
  void server.register((inside, _options, done) => {
    // What is pushed is bytes, and nothing is known of them.
    inside.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, parsed) => parsed(null, body));
    inside.post<{ Params: { token: string } }>(
      "/push/:token",
      // A push that is a little too large is answered by the service's own sentence.
      { bodyLimit: push_bytes_max * 2 },
      (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const { token } = request.params;
        const headers = headersOf(request);
        const answer = pushes.take({ origin: originOf(request), token, headers, body });
        if (answer.status !== 201) {
          if (answer.status === 429) void reply.header("retry-after", retry_after_s);
          return reply.code(answer.status).type("text/plain; charset=utf-8").send(answer.sentence);
        }
        const location = `${originOf(request)}/push/messages/${answer.push.id}`;
        return reply.code(201).header("location", location).header("ttl", headers["ttl"]).send();
      },
    );
    done();
  });
}
