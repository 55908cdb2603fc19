import type { Payee } from "@mainstay/wire";

/** The payees whose name, or whose account number, has what was typed. */
export function matchingPayees(payees: readonly Payee[], search: string): readonly Payee[] {
  const wanted = search.trim().toLocaleLowerCase();
  const digits = wanted.replace(/[\s-]/g, "");
  return payees.filter(
    (payee) =>
      payee.name.toLocaleLowerCase().includes(wanted) ||
      (/^\d+$/.test(digits) && `${payee.sortCode}${payee.accountNumber}`.includes(digits)),
  );
}
