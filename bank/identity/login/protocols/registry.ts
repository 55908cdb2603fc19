import type { LoginProtocol } from "@mainstay/wire";
import { login1 } from "./login-1.ts";
import { login2 } from "./login-2.ts";
import type { DemandedProtocol } from "./protocol.ts";

/** The login protocols that this server can speak, each under its name. */
const protocols: Readonly<Record<LoginProtocol, DemandedProtocol>> = { "login/1": login1, "login/2": login2 };

/** Finds a login protocol by the name that a client gave. */
export function findProtocol(name: string): DemandedProtocol | null {
  return Object.hasOwn(protocols, name) ? protocols[name as LoginProtocol] : null;
}
