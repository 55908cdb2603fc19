import { createServer } from "node:net";
import { OperatorError, hasCode } from "@mainstay/platform/embedded-postgres";
import type { Ports } from "./environment.ts";

/** The addresses at which a browser may look for "localhost". */
const loopback_hosts = ["127.0.0.1", "::1"] as const;

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => resolve(!hasCode(error, "EADDRINUSE", "EACCES")));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Throws `OperatorError` when one of the ports is somebody else's. */
export async function requireFreePorts(ports: Ports): Promise<void> {
  for (const [name, port] of Object.entries(ports)) {
    for (const host of loopback_hosts) {
      if (await isFree(port, host)) continue;
      throw new OperatorError(
        `Port ${port} (for the ${name}) is in use by another program: stop that one, or set MAINSTAY_PORT.`,
      );
    }
  }
}
