import { account_errors, type Accounts } from "@mainstay/accounts";
import type { CustomerFactsPort } from "@mainstay/identity";
import { unwrap } from "@mainstay/platform";

/** What the later modules know of a customer, for staff who ask identity. */
export function customerFactsOf(modules: {
  readonly accounts: () => Accounts;
  readonly threadsOf: CustomerFactsPort["threadsOf"];
}): CustomerFactsPort {
  const { accounts, threadsOf } = modules;
  return {
    ownersOf: (text) => accounts().forStaff.ownersOf(text),
    accountNumbersOf: (personIds) => accounts().forStaff.accountNumbersOf(personIds),
    moneyOf: (personId) => accounts().forStaff.moneyOf(personId),
    feedOf: async (asked) => unwrap(await accounts().feed(asked), account_errors),
    threadsOf,
  };
}
