import { classNames } from "@mainstay/ui";
import type { ReactNode } from "react";

/** A card: a head of 40 px with what stands beside the title, and its content. */
export function Card({ title, note, aside, children, className, foot, isTight = false }: CardProps) {
  return (
    <section
      className={classNames(
        "flex min-h-0 flex-col overflow-hidden rounded-panel border border-line bg-surface shadow-card",
        className,
      )}
    >
      {title !== undefined && (
        <header
          className={classNames(
            "flex min-h-10 shrink-0 items-center justify-between gap-3 border-b border-line",
            isTight ? "px-4 py-1" : "px-4 py-1.5",
          )}
        >
          <div className="flex min-w-0 items-center gap-2">
            <h2 className="text-head whitespace-nowrap">{title}</h2>
            {note !== undefined && <span className="truncate text-small text-ink-soft">{note}</span>}
          </div>
          {aside !== undefined && <div className="shrink-0 text-small text-ink-soft">{aside}</div>}
        </header>
      )}
      {children}
      {foot !== undefined && (
        <footer
          className={classNames(
            "mt-auto flex shrink-0 items-center justify-between gap-3 border-t",
            "border-line px-4 text-small text-ink-soft",
            isTight ? "min-h-[30px]" : "min-h-10",
          )}
        >
          {foot}
        </footer>
      )}
    </section>
  );
}

type CardProps = {
  readonly title?: ReactNode;
  /** Softly beside the title: what it covers. */
  readonly note?: ReactNode;
  readonly aside?: ReactNode;
  readonly foot?: ReactNode;
  readonly children?: ReactNode;
  readonly className?: string;
  /** Its head and foot take no more room than their words, where many cards share a page. */
  readonly isTight?: boolean;
};
