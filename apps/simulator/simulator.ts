import type { Clock, Random } from "@mainstay/kernel";
import { createHttpServer, type Logger } from "@mainstay/platform";
import { createFaults, type Faults } from "./faults.ts";
import { startMailbox, type Mailbox } from "./mail/mailbox.ts";
import { createPushService } from "./push/push-service.ts";
import { addRoutes } from "./routes.ts";
import { createScheme } from "./scheme/scheme.ts";

/** A running simulator. */
export type Simulator = {
  readonly url: string;
  readonly faults: Faults;
  readonly mailbox: Mailbox;
  readonly stop: () => Promise<void>;
};

/** Starts the outside world: pages and doors over HTTP, and a mail server. Port 0 takes any free one. */
export async function startSimulator(options: {
  readonly httpPort: number;
  readonly mailPort: number;
  readonly bankUrl: string;
  readonly schemeSecret: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}): Promise<Simulator> {
  const { httpPort, mailPort, bankUrl, schemeSecret, clock, random, log } = options;
  const faults = createFaults();
  const mailbox = await startMailbox({ port: mailPort, faults, clock, random });
  const scheme = createScheme({ bankUrl, secret: schemeSecret, faults, clock, random });
  const server = await createHttpServer({ name: "simulator", log, ready: {} });
  const pushes = createPushService({ faults, clock, random });
  addRoutes(server, { faults, mailbox, pushes, scheme });
  const url = await server.listen({ port: httpPort, host: "127.0.0.1" }).catch(async (error: unknown) => {
    await mailbox.stop();
    throw error;
  });
  return {
    url,
    faults,
    mailbox,
    stop: async () => {
      await server.close();
      await mailbox.stop();
    },
  };
}
