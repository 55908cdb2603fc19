import type { IncomingMessage } from "node:http";
import type { Clock, Random } from "@mainstay/kernel";
import { check_cookie, createCheckTickets } from "@mainstay/platform";
import { deviceOf, type Device } from "./client.ts";
import { cookieName, cookieOf, createInstallations, type Installation } from "./installation.ts";

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
