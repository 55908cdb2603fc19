import { Amount, amountParts, type AmountValue } from "@mainstay/ui";

const locale = "en-GB";

/** An amount in a table that says its currency elsewhere: digits alone, with a true minus. */
export function Figure({ value }: { readonly value: AmountValue }) {
  const { whole, fraction } = amountParts(value, locale);
  const isNegative = BigInt(value.minor) < 0n;
  return (
    <span className="money whitespace-nowrap">
      {isNegative && "−"}
      {whole}
      {fraction}
    </span>
  );
}

/** An amount with its currency's sign; `signed` where money came in or went out. */
export function Money({ value, signed = false }: { readonly value: AmountValue; readonly signed?: boolean }) {
  return <Amount value={value} signed={signed} />;
}

/** Sort code and account number as people write them: `00-42-17 12345678`. */
export function accountText(sortCode: string | null, accountNumber: string | null): string {
  const code = sortCode?.replace(/^(\d{2})(\d{2})(\d{2})$/, "$1-$2-$3") ?? "";
  return `${code} ${accountNumber ?? ""}`.trim();
}
