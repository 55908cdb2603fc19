import { Link } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { ReactNode } from "react";

/** Leads to a customer's page; a press doesn't choose the row that it stands in. */
export function CustomerLink({ reference, children }: CustomerLinkProps) {
  const to: string = `/customers/${reference}`;
  return (
    <Link
      to={to}
      onClick={(event) => event.stopPropagation()}
      className={classNames(
        "inline-block max-w-full truncate border-b border-line2 align-bottom leading-[19px]",
        "font-medium hover:border-current",
      )}
    >
      {children}
    </Link>
  );
}

type CustomerLinkProps = { readonly reference: string; readonly children: ReactNode };
