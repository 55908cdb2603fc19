import type { FastifyRequest } from "fastify";
import { Value } from "typebox/value";
import { ActivationSchema, verified_activation_header, type Activation } from "@mainstay/wire";

/** The longest header that is read, in characters. */
const header_length_max = 2_000;

/**
 * The activation under which a request was made, by the edge's word: it verified the client's, and takes
 * this header away from whatever a client sends. Null where there is none, as in a request from inside.
 */
export function activationOf(request: FastifyRequest): Activation | null {
  const header = request.headers[verified_activation_header];
  if (typeof header !== "string" || header.length > header_length_max) return null;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(header, "base64url").toString("utf8"));
    return Value.Check(ActivationSchema, parsed) ? parsed : null;
  } catch {
    return null;
  }
}
