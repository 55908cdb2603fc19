import { classNames } from "@mainstay/ui";
import type { ReactNode } from "react";

/** What is longer than its card: scrolled to with the keyboard too. */
export function Scroll({ label, className, children }: ScrollProps) {
  return (
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className={classNames("min-h-0 overflow-y-auto outline-offset-[-2px]", className)}
    >
      {children}
    </div>
  );
}

type ScrollProps = { readonly label: string; readonly className?: string; readonly children: ReactNode };
