import { moneyToJson, present, type Id } from "@mainstay/kernel";
import { accountId } from "@mainstay/ledger";
import type { Customer, CustomerFound } from "@mainstay/wire";
import { accountOfIban, bank_details } from "./bank-details.ts";
import { readPage } from "./reads.ts";
import type { AccountsDeps } from "./service.ts";
import * as store from "./store.ts";

/** How many rows of the feed a customer's page begins with. */
const feed_rows_shown = 25;

/** The account of ours that a text names: eight digits, sort code before them, or an IBAN; null for none. */
export function accountNamedBy(
  text: string,
): { readonly sortCode: string; readonly accountNumber: string } | null {
  const compact = text.replaceAll(/[ -]/g, "").toUpperCase();
  if (/^[A-Z]{2}/.test(compact)) return accountOfIban(compact);
  const match = /^(\d{6})?(\d{8})$/.exec(compact);
  if (match === null) return null;
  const [, sortCode = bank_details.sortCode, accountNumber] = match;
  return { sortCode, accountNumber: present(accountNumber, "account number of a text") };
}

/** Who owns the account that a text names; null where the text names none. */
export async function ownersOf(deps: AccountsDeps, text: string): Promise<readonly string[] | null> {
  const named = accountNamedBy(text);
  if (named === null) return null;
  const found = await store.accountsByNumbers(deps.database, named.sortCode, [named.accountNumber]);
  return found.map(({ personId }) => personId);
}

/** The numbers of people's accounts, many at once. */
export async function accountNumbersOf(
  deps: AccountsDeps,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, CustomerFound["accounts"]>> {
  const numbers = new Map<string, CustomerFound["accounts"]>();
  for (const account of await store.accountsOfPeople(deps.database, personIds)) {
    const { personId, sortCode, accountNumber } = account;
    numbers.set(personId, [...(numbers.get(personId) ?? []), { sortCode, accountNumber }]);
  }
  return numbers;
}

/** A person's accounts with their balances, and the newest rows of the first one's feed. */
export async function moneyOf(
  deps: AccountsDeps,
  personId: Id<"person">,
): Promise<Pick<Customer, "accounts" | "transactions" | "older">> {
  const accounts = (await store.accountsOfPerson(deps.database, personId)).filter(
    ({ state }) => state === "open",
  );
  const balances = await deps.ledger.balances(accounts.map(({ id }) => accountId(id)));
  const [first] = accounts;
  const asked = first && { accountId: first.id, before: undefined, limit: feed_rows_shown, words: undefined };
  const page = asked === undefined ? null : await readPage(deps.database, asked);
  return {
    accounts: accounts.map((account) => {
      const { id, name, currency, sortCode, accountNumber, iban, openedAt } = account;
      const { posted, available } = present(balances.get(accountId(id)), `ledger account of ${id}`);
      return {
        id,
        name,
        currency,
        sortCode,
        accountNumber,
        iban,
        balance: moneyToJson({ minor: posted, currency }),
        available: moneyToJson({ minor: available, currency }),
        openedAt: openedAt.toISOString(),
      };
    }),
    ...(page?.ok === true ? page.value : { transactions: [], older: null }),
  };
}
