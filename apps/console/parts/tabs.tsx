import { Link } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { ReactNode } from "react";

/** The pages of a room, side by side under its head. */
export function Tabs({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <nav aria-label={label} className="mb-3 flex shrink-0 gap-5 border-b border-line">
      {children}
    </nav>
  );
}

/** One of the pages, with how much waits there. */
export function Tab({ to, count = 0, children }: TabProps) {
  return (
    <Link
      to={to}
      activeOptions={{ exact: true }}
      className={classNames(
        "flex h-9 items-center gap-1.5 border-b-2 border-transparent font-medium",
        "text-ink-soft hover:text-ink",
      )}
      activeProps={{ className: "!border-harbour !text-ink font-semibold" }}
    >
      {children}
      {count > 0 && (
        <span className="money rounded-badge bg-lamp-tint px-1.5 text-small font-semibold text-lamp-ink">
          {count}
          <span className="sr-only"> waiting</span>
        </span>
      )}
    </Link>
  );
}

type TabProps = { readonly to: string; readonly count?: number; readonly children: ReactNode };
