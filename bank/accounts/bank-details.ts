import { present } from "@mainstay/kernel";
import { composeIBAN } from "ibantools";

/** This bank, as other banks and its customers' papers name it. None of it belongs to a real bank. */
export const bank_details = {
  name: "Mainstay",
  /**
   * Business identifier code (ISO 9362); the 0 at the end of the location marks one that is not on the live
   * network.
   */
  bic: "MNSTGB20",
  sortCode: "004217",
} as const;

/** The IBAN of an account of ours: bank code, sort code and account number, with check digits (ISO 13616). */
export function ibanOf(sortCode: string, accountNumber: string): string {
  const bban = `${bank_details.bic.slice(0, 4)}${sortCode}${accountNumber}`;
  return present(composeIBAN({ countryCode: "GB", bban }), `IBAN of ${sortCode} ${accountNumber}`);
}

/** Sort code and account number of an IBAN of ours, or null for another bank's. */
export function accountOfIban(
  iban: string,
): { readonly sortCode: string; readonly accountNumber: string } | null {
  const match = /^GB\d{2}([A-Z]{4})(\d{6})(\d{8})$/.exec(iban);
  if (match === null) return null;
  const [, bankCode, sortCode, accountNumber] = match;
  if (bankCode !== bank_details.bic.slice(0, 4) || sortCode !== bank_details.sortCode) return null;
  return { sortCode, accountNumber: present(accountNumber, "account number of an IBAN") };
}
