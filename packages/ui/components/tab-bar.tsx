import type { ReactNode } from "react";
import { classNames } from "../class-names.ts";

/** The classes of a tab, for the link that it is. */
export const tab_class = "group flex flex-1 flex-col items-center gap-0.5 pt-1.5 pb-1 text-caption";

/** The opaque bar at the bottom: what scrolls is cut by it, not blurred. */
export function TabBar({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <nav
      aria-label={label}
      className={classNames(
        "fixed inset-x-0 bottom-0 z-30 border-t border-line bg-surface",
        "pb-[env(safe-area-inset-bottom)]",
      )}
    >
      <div className="mx-auto flex min-h-14 max-w-107.5 px-3">{children}</div>
    </nav>
  );
}

/** The inside of a tab: its icon, in a pill of 56 × 30 while it is the one that is open, and its name. */
export function TabContent({ icon, name, active, news }: TabContentProps) {
  return (
    <>
      <span
        className={classNames(
          "relative flex h-7.5 w-14 items-center justify-center rounded-full transition-colors duration-200",
          active ? "bg-harbour-tint text-harbour-tint-ink" : "text-ink-soft group-active:bg-well",
        )}
      >
        {icon}
        {news !== undefined && (
          <span className="absolute top-0.5 right-3.5 size-2.5 rounded-full border-2 border-surface bg-lamp">
            <span className="sr-only">{news}</span>
          </span>
        )}
      </span>
      <span className={active ? "font-semibold text-harbour" : "text-ink-soft"}>{name}</span>
    </>
  );
}

/** What `TabContent` takes. */
export type TabContentProps = {
  readonly icon: ReactNode;
  readonly name: ReactNode;
  readonly active: boolean;
  /** What is new there: a dot for the eye, these words for who can't see it. */
  readonly news?: string | undefined;
};
