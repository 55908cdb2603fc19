import type { FastifyReply, FastifyRequest } from "fastify";
import { Pool } from "undici";
import {
  platform_problems,
  problem,
  request_id_header,
  type HttpServer,
  type Logger,
  type ProblemTable,
} from "@mainstay/platform";
import { staff_assertion_header, type StaffClaims } from "@mainstay/wire";
import type { ConsoleGate, StaffService } from "@mainstay/staff";
import { bank_asks } from "./bank-asks.ts";

/** How many connections lead to the bank, and how long it may take to answer, in milliseconds. */
export const bank_connections_max = 16;
export const bank_answer_ms_max = 20_000;
/** The largest answer that is passed on, in bytes. */
export const bank_answer_bytes_max = 4 * 1024 * 1024;

/** The longest query that is passed on, in characters. */
export const query_length_max = 2_000;

const control_problems = {
  ...platform_problems,
  bank_unavailable: {
    status: 503,
    title: "The bank can't be reached just now. Nothing has changed; try again in a minute.",
    retryable: true,
  },
} as const satisfies ProblemTable<string>;

type SignAssertion = (staff: Pick<StaffClaims, "sub" | "name" | "roles">) => string;

type Deps = {
  readonly pool: Pool;
  readonly gate: ConsoleGate;
  readonly service: StaffService;
  readonly signAssertion: SignAssertion;
  readonly log: Logger;
};

/** The question's own text behind the path, as it came; the bank reads and bounds it. */
function queryOf(request: FastifyRequest): string {
  const url = request.raw.url ?? "";
  const at = url.indexOf("?");
  return at === -1 ? "" : url.slice(at, at + query_length_max);
}

async function askBank(deps: Deps, request: FastifyRequest, path: string, assertion: string) {
  const hasBody = request.method !== "GET" && request.body !== undefined;
  try {
    const answer = await deps.pool.request({
      method: request.method === "GET" ? "GET" : "POST",
      path: `/staff/${path}${queryOf(request)}`,
      headers: {
        [request_id_header]: request.id,
        [staff_assertion_header]: assertion,
        ...(hasBody ? { "content-type": "application/json" } : {}),
      },
      body: hasBody ? JSON.stringify(request.body) : null,
    });
    return {
      status: answer.statusCode,
      type: answer.headers["content-type"],
      text: await answer.body.text(),
    };
  } catch (error) {
    deps.log.warn({ reason: String(error) }, "the bank didn't answer staff");
    throw problem(control_problems, "bank_unavailable", { retryAfterSeconds: 2 });
  }
}

function passToBank(deps: Deps) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const path = (request.params as { "*": string })["*"];
    const found = bank_asks.find((entry) => entry.method === request.method && entry.path.test(path));
    // Whoever isn't logged in learns nothing of what there is.
    const session = await deps.gate.require(request, found?.roles);
    if (!found) throw problem(control_problems, "not_found");
    const { staff } = session;
    const assertion = deps.signAssertion({ sub: staff.id, name: staff.name, roles: [...staff.roles] });
    const answer = await askBank(deps, request, path, assertion);
    if (found.action !== null && answer.status < 300) {
      const subject = found.path.exec(path)?.[1] ?? path;
      const given = (request.body ?? {}) as Record<string, unknown>;
      const details = Object.fromEntries(found.keeps.map((name) => [name, given[name]]));
      await deps.service.record(staff, { action: found.action, subject, details });
    }
    return reply
      .code(answer.status)
      .type(typeof answer.type === "string" ? answer.type : "application/json")
      .send(answer.text);
  };
}

/**
 * Adds `/api/bank/*`: what staff ask of the bank, under control's signed word for who asks. Answers how to
 * close it.
 */
export function addBankRoutes(
  server: HttpServer,
  deps: Omit<Deps, "pool"> & { readonly bankUrl: string },
): () => Promise<void> {
  const pool = new Pool(deps.bankUrl, {
    connections: bank_connections_max,
    headersTimeout: bank_answer_ms_max,
    bodyTimeout: bank_answer_ms_max,
    maxResponseSize: bank_answer_bytes_max,
  });
  server.route({ method: ["GET", "POST"], url: "/api/bank/*", handler: passToBank({ ...deps, pool }) });
  return () => pool.destroy();
}
