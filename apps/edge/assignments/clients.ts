import type { IncomingMessage } from "node:http";
import Type from "typebox";
import type { Clock, Random } from "@mainstay/kernel";
import { VersionSchema } from "@mainstay/wire";
import { deviceOf, type Device } from "./client.ts";
import { cookieName, cookieOf, createInstallations, type Installation } from "./installation.ts";
import { createTokenMaker, type TokenMaker } from "./token.ts";

/** What a check ticket says: which version its holder gets, until when (milliseconds since 1970). */
export const CheckTicketSchema = Type.Object({ version: VersionSchema, until: Type.Integer() });
/** The cookie that carries a check's ticket; `__Host-` before it where the origin has TLS. */
export const check_cookie = "mainstay_check";

/** Signs and reads the tickets with which the checks start a version that nobody is given yet. */
export function createCheckTickets(edgeSecret: string): TokenMaker<Type.Static<typeof CheckTicketSchema>> {
  return createTokenMaker(edgeSecret, "check", CheckTicketSchema);
}

/** Who asks, as far as the edge knows. */
export type Client = {
  readonly device: Device;
  readonly installation: Installation;
  /** True where the request named no installation of ours: it is given one with its first assignment. */
  readonly isNew: boolean;
  /** The version that a check's ticket forces; null for everybody else. */
  readonly forced: string | null;
};

/** Knows clients by what they carry. */
export type Clients = {
  readonly clientOf: (request: IncomingMessage) => Client;
  /** The installation that a native shell's update plugin names by its token; null for any other token. */
  readonly clientOfToken: (token: unknown, device: Device) => Client | null;
  /** Somebody of whom nothing is known. */
  readonly stranger: (device: Device) => Client;
  readonly headerFor: (request: IncomingMessage, kept: Installation) => readonly [string, string];
};

/** Makes what knows clients. */
export function createClients(deps: {
  readonly edgeSecret: string;
  readonly origin: string;
  readonly clock: Clock;
  readonly random: Random;
}): Clients {
  const { edgeSecret, origin, clock, random } = deps;
  const tickets = createCheckTickets(edgeSecret);
  const installations = createInstallations({ secret: edgeSecret, origin, clock, random });
  const checkCookie = cookieName(origin, check_cookie);
  return {
    headerFor: installations.headerFor,
    clientOf: (request) => {
      const found = installations.read(request);
      const ticket = tickets.read(cookieOf(request, checkCookie));
      const isValid = ticket !== null && ticket.until > clock.now().getTime();
      return {
        device: deviceOf(request),
        installation: found ?? installations.create(),
        isNew: found === null,
        forced: isValid ? ticket.version : null,
      };
    },
    clientOfToken: (token, device) => {
      const installation = installations.readToken(token);
      return installation === null ? null : { device, installation, isNew: false, forced: null };
    },
    stranger: (device) => ({ device, installation: installations.create(), isNew: true, forced: null }),
  };
}
