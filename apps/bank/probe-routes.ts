import type { Accounts } from "@mainstay/accounts";
import type { Identity } from "@mainstay/identity";
import { requireSecret, type HttpServer } from "@mainstay/platform";
import {
  edge_secret_header,
  ProbeCustomersPutSchema,
  ProbeCustomersSchema,
  withProblems,
} from "@mainstay/wire";

/** Adds `PUT /internal/probe-customers`: the live probes' synthetic customers, made once. */
export function addProbeRoutes(
  server: HttpServer,
  deps: { readonly identity: Identity; readonly accounts: Accounts; readonly edgeSecret: string },
): void {
  server.put(
    "/internal/probe-customers",
    {
      onRequest: requireSecret(edge_secret_header, deps.edgeSecret),
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
