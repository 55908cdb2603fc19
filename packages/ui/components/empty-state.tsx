import type { ReactNode } from "react";

/** What stands where nothing is yet: a drawing, what would be here, and what to do about it. */
export function EmptyState({ art, title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center px-6 py-10 text-center">
      {art}
      <h2 className="mt-5 text-heading">{title}</h2>
      {children !== undefined && <p className="mt-1.5 max-w-75 text-row text-ink-soft">{children}</p>}
      {action !== undefined && <div className="mt-5 w-full max-w-75">{action}</div>}
    </div>
  );
}

/** What `EmptyState` takes. */
export type EmptyStateProps = {
  readonly art?: ReactNode;
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
};
