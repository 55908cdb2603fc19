import type { ReactNode } from "react";

/** The bar at the top of a page: back or close, its name in the middle, and what else can be done. */
export function NavBar({ title, leading, trailing }: NavBarProps) {
  return (
    <header className="sticky top-0 z-20 bg-canvas pt-[env(safe-area-inset-top)]">
      <div className="grid min-h-14 grid-cols-[44px_1fr_44px] items-center px-2">
        <div>{leading}</div>
        {title === undefined ? (
          <div />
        ) : (
          <h1 className="truncate text-center text-row font-semibold">{title}</h1>
        )}
        <div className="flex justify-end">{trailing}</div>
      </div>
    </header>
  );
}

/** What `NavBar` takes. */
export type NavBarProps = {
  readonly title?: ReactNode;
  readonly leading?: ReactNode;
  readonly trailing?: ReactNode;
};
