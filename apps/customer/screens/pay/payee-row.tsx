import { Avatar, initialsOf, toneOf } from "@mainstay/ui";
import { accountNumberText, sortCodeText } from "../../text/account-numbers.ts";

/** The sign of a payee. */
export function PayeeAvatar({ name, size = 40 }: { readonly name: string; readonly size?: 40 | 56 }) {
  return (
    <Avatar tone={toneOf(name)} size={size}>
      {initialsOf(name, "person")}
    </Avatar>
  );
}

/** "99-01-22  4821 0937" */
export function AccountLine({
  sortCode,
  accountNumber,
}: {
  readonly sortCode: string;
  readonly accountNumber: string;
}) {
  return (
    <>
      {sortCodeText(sortCode)}&ensp;{accountNumberText(accountNumber)}
    </>
  );
}
