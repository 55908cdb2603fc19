import type { Accounts } from "@mainstay/accounts";
import { bank_details } from "@mainstay/accounts";
import type { Identity } from "@mainstay/identity";
import { moneyFromJson, moneyToDecimal } from "@mainstay/kernel";
import { problem, type HttpServer } from "@mainstay/platform";
import { payment_errors } from "@mainstay/payments";
import { ConfigurationSchema, DemoPayInSchema, EmptySchema, withProblems } from "@mainstay/wire";
import type { PayIn } from "./outside.ts";

/** Adds what a client may know before anyone has logged in. */
export function addConfigurationRoute(
  server: HttpServer,
  options: { readonly isDemo: boolean; readonly undo_window_ms: number; readonly identity: Identity },
): void {
  const configuration = {
    bankName: bank_details.name,
    demo: options.isDemo,
    undoWindowSeconds: Math.round(options.undo_window_ms / 1000),
  };
  server.get(
    "/api/configuration",
    {
      schema: {
        tags: ["configuration"],
        summary: "What any client may know",
        response: withProblems(ConfigurationSchema),
      },
    },
    async () => ({ ...configuration, loginProtocols: [...(await options.identity.acceptedProtocols())] }),
  );
}

/**
 * Adds the demo's button: the scheme pays into an account of the asker's, with a real message. Not there
 * without demo.
 */
export function addDemoPayInRoute(
  server: HttpServer,
  deps: { readonly identity: Identity; readonly accounts: Accounts; readonly payIn: PayIn },
): void {
  server.post(
    "/api/demo/pay-in",
    {
      onRequest: deps.identity.authenticator.requireSession(),
      schema: {
        tags: ["demo"],
        summary: "Be paid, in the demo",
        body: DemoPayInSchema,
        response: withProblems(EmptySchema),
      },
    },
    async (request) => {
      const { personId } = deps.identity.authenticator.principalOf(request);
      const { accountId, amount } = request.body;
      const account = (await deps.accounts.accountsOf(personId)).find(({ id }) => id === accountId);
      if (account === undefined) throw problem(payment_errors, "account_not_found");
      if (amount.currency !== account.currency) throw problem(payment_errors, "currency_not_supported");
      const order = { iban: account.iban, amount: moneyToDecimal(moneyFromJson(amount)) };
      const isPaid = await deps.payIn(order).catch(() => false);
      if (!isPaid) throw problem(payment_errors, "pay_in_failed");
      return {};
    },
  );
}
