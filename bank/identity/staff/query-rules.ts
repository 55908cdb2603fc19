/** What a query of staff is, by its form alone. */
export type QueryMeaning = {
  readonly by: "name" | "account" | "email" | "reference";
  readonly text: string;
};

/**
 * Says what a query asks for: an e-mail address has an @, a reference our prefix, an account number nothing
 * but digits (with the spaces and dashes that people write) or an IBAN's form; all else is a name, with one
 * space between its parts. A comma between last and first name is left out.
 */
export function meaningOf(query: string): QueryMeaning {
  const text = query.normalize("NFC").replaceAll(",", " ").trim().replaceAll(/\s+/g, " ");
  if (text.includes("@")) return { by: "email", text };
  if (/^(cus_|person_)[0-9A-Za-z]{1,56}$/.test(text)) return { by: "reference", text };
  const digits = text.replaceAll(/[ -]/g, "");
  const isNumber = /^\d+$/.test(digits) || /^[A-Za-z]{2}\d{2}[0-9A-Za-z]{11,30}$/.test(digits);
  return isNumber ? { by: "account", text: digits } : { by: "name", text };
}
