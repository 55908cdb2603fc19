import Type from "typebox";
import { VersionSchema } from "@mainstay/wire";
import { createTokenMaker, type TokenMaker } from "./signed-token.ts";

/** What a check ticket says: which version its holder gets, until when (milliseconds since 1970). */
const CheckTicketSchema = Type.Object({ version: VersionSchema, until: Type.Integer() });
/** The cookie that carries a check's ticket; `__Host-` before it where the origin has TLS. */
export const check_cookie = "mainstay_check";

/**
 * Signs and reads the tickets with which checks and live probes start a version, whoever is given it. The
 * edge counts nothing that is done under one.
 */
export function createCheckTickets(edgeSecret: string): TokenMaker<Type.Static<typeof CheckTicketSchema>> {
  return createTokenMaker(edgeSecret, "check", CheckTicketSchema);
}
