import type { ComponentProps, ReactNode } from "react";
import { classNames } from "../class-names.ts";

/** The classes of a row, for a link that is one. */
export const row_class =
  "flex w-full min-h-16 items-center gap-3 px-4 py-2.5 text-left first:rounded-t-card last:rounded-b-card";

/** The classes that a row adds when it can be pressed. */
export const row_press_class = "transition-colors duration-150 active:bg-well/60 hover:bg-well/40";

/** What stands in a row. */
export type RowProps = {
  readonly leading?: ReactNode;
  /** One line: shorten the words rather than break it. */
  readonly title: ReactNode;
  readonly subtitle?: ReactNode;
  readonly trailing?: ReactNode;
};

/** The inside of a row: avatar, two lines, and what it comes to. */
export function RowContent({ leading, title, subtitle, trailing }: RowProps) {
  return (
    <>
      {leading}
      <span className="min-w-0 flex-1">
        <span
          className={classNames(
            "block truncate text-row leading-[1.375rem] font-medium cramped:break-words",
            "cramped:whitespace-normal",
          )}
        >
          {title}
        </span>
        {subtitle !== undefined && (
          <span className="block truncate text-body text-ink-soft cramped:whitespace-normal">{subtitle}</span>
        )}
      </span>
      {trailing !== undefined && <span className="shrink-0 text-right">{trailing}</span>}
    </>
  );
}

/** A row that only tells. */
export function Row({ className, ...content }: RowProps & { readonly className?: string }) {
  return (
    <div className={classNames(row_class, className)}>
      <RowContent {...content} />
    </div>
  );
}

/**
 * A row that does something here. A row that leads somewhere is a link with `row_class` round `RowContent`.
 */
export function RowButton({ leading, title, subtitle, trailing, ...rest }: RowButtonProps) {
  return (
    <button {...rest} type="button" className={classNames(row_class, row_press_class)}>
      <RowContent leading={leading} title={title} subtitle={subtitle} trailing={trailing} />
    </button>
  );
}

/** What `RowButton` takes. */
export type RowButtonProps = RowProps & Omit<ComponentProps<"button">, keyof RowProps | "className" | "type">;
