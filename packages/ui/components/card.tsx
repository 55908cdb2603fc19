import type { ComponentProps, ReactNode } from "react";
import { classNames } from "../class-names.ts";

/** A card: the surface that rows and details stand on. */
export function Card({ className, ...rest }: ComponentProps<"div">) {
  return <div {...rest} className={classNames("rounded-card bg-surface shadow-card", className)} />;
}

/** The head of a section: what follows, and what can be done with all of it. */
export function SectionHead({ title, children, soft = false, id }: SectionHeadProps) {
  return (
    <div className="flex min-h-5 items-baseline justify-between gap-3 px-1 pt-5 pb-2 text-body">
      <h2 id={id} className={classNames("text-ink-soft", soft ? "font-medium" : "font-semibold")}>
        {title}
      </h2>
      {children !== undefined && <div className="text-right text-ink-soft">{children}</div>}
    </div>
  );
}

/** What `SectionHead` takes. */
export type SectionHeadProps = {
  readonly title: ReactNode;
  readonly children?: ReactNode;
  /** The day heads of a feed are quieter than the heads of a page. */
  readonly soft?: boolean;
  readonly id?: string;
};

/** One line of facts: what it is at the left, what it says at the right. */
export function Fact({ name, children }: { readonly name: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 py-[9px] text-body">
      <dt className="shrink-0 text-ink-soft">{name}</dt>
      <dd className="min-w-0 text-right font-medium break-words">{children}</dd>
    </div>
  );
}
