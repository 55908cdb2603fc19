import type { ReactNode } from "react";

/** Names and what they are, one a line: `null` where there is nothing to say. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return (
    <dl className="grid shrink-0 grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1.5 px-4 py-3">{children}</dl>
  );
}

/** One line of facts. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="whitespace-nowrap text-ink-soft">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
