/** Writes a sort code as people read it: "99-01-22". */
export function sortCodeText(sortCode: string): string {
  return sortCode.replace(/^(\d{2})(\d{2})(\d{2})$/, "$1-$2-$3");
}

/** Writes an account number as people read it: "4821 0937". */
export function accountNumberText(accountNumber: string): string {
  return accountNumber.replace(/^(\d{4})(\d{4})$/, "$1 $2");
}

/** Writes an IBAN in groups of four. */
export function ibanText(iban: string): string {
  return iban.replace(/(.{4})(?=.)/g, "$1 ");
}

/** The digits of what was typed or pasted, at most so many. */
export function digitsOf(text: string, length_max: number): string {
  return text.replace(/\D/g, "").slice(0, length_max);
}
