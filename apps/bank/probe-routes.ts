import { timingSafeEqual } from "node:crypto";
import type { Accounts } from "@mainstay/accounts";
import type { Identity } from "@mainstay/identity";
import { platform_problems, problem, type HttpServer } from "@mainstay/platform";
import {
  edge_secret_header,
  ProbeCustomersPutSchema,
  ProbeCustomersSchema,
  withProblems,
} from "@mainstay/wire";

function isSecret(given: unknown, secret: string): boolean {
  if (typeof given !== "string") return false;
  const [left, right] = [Buffer.from(given), Buffer.from(secret)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Adds `PUT /internal/probe-customers`: the live probes' synthetic customers, made once. */
export function addProbeRoutes(
  server: HttpServer,
  deps: { readonly identity: Identity; readonly accounts: Accounts; readonly edgeSecret: string },
): void {
  server.put(
    "/internal/probe-customers",
    {
      onRequest: async (request) => {
        // To whoever has not the secret there is nothing here.
        if (!isSecret(request.headers[edge_secret_header], deps.edgeSecret)) {
          throw problem(platform_problems, "not_found");
        }
      },
      schema: { hide: true, body: ProbeCustomersPutSchema, response: withProblems(ProbeCustomersSchema) },
    },
    async (request) => {
      const people = await deps.identity.ensureProbePeople(request.body.customers);
      const customers = await Promise.all(
        people.map(async ({ name, personId, holderName, userHandle, rpId }) => {
          const account = await deps.accounts.openProbeAccount({ personId, holderName });
          const { id: accountId, sortCode, accountNumber } = account;
          return { name, accountId, holderName, sortCode, accountNumber, userHandle, rpId };
        }),
      );
      return { customers };
    },
  );
}
