import type { FastifyReply, FastifyRequest } from "fastify";
import { problem } from "@mainstay/platform";
import { console_idle_header, type StaffRole } from "@mainstay/wire";
import { staff_problems } from "./errors.ts";
import { hasAnyRole } from "./rules.ts";
import type { StaffService } from "./service.ts";
import type { ConsoleSession } from "./types.ts";

/** Who may pass to what on the console's origin. */
export type ConsoleGate = {
  /** Refuses what another site asks for; every request passes it first. */
  readonly checkOrigin: (request: FastifyRequest) => void;
  /**
   * The session of a request that has one of these roles (any, where none is named), or a problem is thrown.
   */
  readonly require: (request: FastifyRequest, roles?: readonly StaffRole[]) => Promise<ConsoleSession>;
  readonly setCookie: (reply: FastifyReply, token: string) => void;
  readonly clearCookie: (reply: FastifyReply) => void;
};

function cookieOf(request: FastifyRequest, name: string): string | null {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const [key, ...value] = pair.trim().split("=");
    if (key === name) return value.join("=");
  }
  return null;
}

/**
 * Makes the console's gate. Over https its cookie has the `__Host-` prefix, so that no neighbour of the host
 * can set it.
 */
export function createConsoleGate(deps: {
  readonly service: StaffService;
  readonly origin: string;
}): ConsoleGate {
  const isSecure = deps.origin.startsWith("https:");
  const name = isSecure ? "__Host-mainstay_staff" : "mainstay_staff";
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
  return {
    checkOrigin: (request) => {
      const { origin } = request.headers;
      const site = request.headers["sec-fetch-site"];
      const isReading = request.method === "GET" || request.method === "HEAD";
      // Browsers name the origin of whatever changes something; SameSite=Strict alone would let other ports
      // of the host in.
      const isOurs = isReading ? origin === undefined || origin === deps.origin : origin === deps.origin;
      const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
      if (!isOurs || isForeign) throw problem(staff_problems, "origin_refused");
    },
    require: async (request, roles = []) => {
      const token = cookieOf(request, name);
      const isIdle = request.headers[console_idle_header] !== undefined;
      const session = token === null ? null : await deps.service.sessionOf(token, { isIdle });
      if (!session) throw problem(staff_problems, "not_logged_in");
      if (roles.length > 0 && !hasAnyRole(session.staff.roles, roles)) {
        throw problem(staff_problems, "role_missing", { detail: `It takes the role ${roles.join(" or ")}.` });
      }
      return session;
    },
    setCookie: (reply, token) => void reply.header("set-cookie", `${name}=${token}; ${attributes}`),
    clearCookie: (reply) => void reply.header("set-cookie", `${name}=; ${attributes}; Max-Age=0`),
  };
}
