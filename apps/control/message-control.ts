import type { Clock, Random } from "@mainstay/kernel";
import { addMessageRoutes, createMessages, type IncidentsPort, type MessageBank } from "@mainstay/messages";
import type { Database, HttpServer, Logger } from "@mainstay/platform";
import type { Confirmations, ConsoleGate } from "@mainstay/staff";

export type MessageControlDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly gate: ConsoleGate;
  readonly confirmations: Confirmations;
  readonly bank: MessageBank;
  readonly incidents: IncidentsPort;
};

/** The background work of messages. */
export type MessageControl = { readonly start: () => void; readonly stop: () => Promise<void> };

/** Makes messages to those affected, and adds their routes to control's server. */
export function addMessageControl(server: HttpServer, deps: MessageControlDeps): MessageControl {
  const service = createMessages(deps);
  addMessageRoutes(server, { service, gate: deps.gate });
  return { start: service.start, stop: service.stop };
}
