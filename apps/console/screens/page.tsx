import type { ReactNode } from "react";

/** A page's head: its name, its state beside it, its buttons at the right. */
export function PageHead({ title, children, actions }: PageHeadProps) {
  return (
    <div className="mb-3 flex min-h-8 shrink-0 items-center gap-3">
      <h1 className="text-page">{title}</h1>
      {children}
      <div className="ml-auto flex gap-2">{actions}</div>
    </div>
  );
}

type PageHeadProps = { readonly title: string; readonly children?: ReactNode; readonly actions?: ReactNode };

/** What stands where rows would, when there are none or they can't be had. */
export function Nothing({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-1 p-8 text-center">
      <p className="text-head">{title}</p>
      <p className="max-w-[44ch] text-ink-soft">{children}</p>
    </div>
  );
}

/** Rows in the shape of what comes. */
export function RowsToCome({ rows }: { readonly rows: number }) {
  return (
    <div aria-hidden className="flex flex-col">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex h-[42px] items-center border-b border-line px-4">
          <span className="h-3 w-2/5 animate-breathe rounded-full bg-track" />
        </div>
      ))}
    </div>
  );
}
