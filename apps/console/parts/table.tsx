import { classNames } from "@mainstay/ui";
import type { ReactNode } from "react";

/** A dense table with a head that stays: its first and last cells keep 16 px from the card's edge. */
export function Table({ label, columns, children }: TableProps) {
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <table aria-label={label} className="w-full border-separate border-spacing-0 text-left">
        <thead>
          <tr>
            {columns.map((column) => {
              const { name, isNumeric = false } = typeof column === "string" ? { name: column } : column;
              return (
                <th
                  key={name}
                  scope="col"
                  className={classNames(
                    "sticky top-0 z-10 h-8 border-b border-line bg-table-head px-2 text-small",
                    "font-medium whitespace-nowrap text-ink-soft first:pl-4 last:pr-4",
                    isNumeric && "text-right",
                  )}
                >
                  {name}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** A column's head; one of figures is right-aligned, as they are. */
export type Column = string | { readonly name: string; readonly isNumeric?: boolean };

type TableProps = {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly children: ReactNode;
};

/** A row; the chosen one has a bar of harbour at its left. */
export function Row({ children, isChosen = false, onChoose }: RowProps) {
  return (
    <tr
      aria-selected={onChoose === undefined ? undefined : isChosen}
      onClick={onChoose}
      className={classNames(
        onChoose !== undefined && "cursor-pointer hover:bg-hover",
        isChosen && "bg-hover [&>td:first-child]:shadow-[inset_2px_0_0_var(--harbour)]",
      )}
    >
      {children}
    </tr>
  );
}

type RowProps = {
  readonly children: ReactNode;
  readonly isChosen?: boolean;
  readonly onChoose?: () => void;
};

/** A cell: one line, or two with the softer one below. */
export function Cell(props: CellProps) {
  const { children, below, isSoft = false, isNumeric = false, isRight = false, isTight = false } = props;
  return (
    <td
      className={classNames(
        "border-b border-line px-2 py-1 align-middle first:pl-4 last:pr-4",
        below === undefined ? "h-9" : "h-[42px]",
        isSoft && "text-ink-soft",
        (isNumeric || isRight) && "money whitespace-nowrap",
        isRight && "text-right",
        isTight && "whitespace-nowrap",
      )}
    >
      {children}
      {below !== undefined && <div className="text-small text-ink-soft">{below}</div>}
    </td>
  );
}

type CellProps = {
  readonly children: ReactNode;
  readonly below?: ReactNode;
  readonly isSoft?: boolean;
  readonly isNumeric?: boolean;
  /** A figure, right-aligned. */
  readonly isRight?: boolean;
  /** The cell is as wide as its words. */
  readonly isTight?: boolean;
};
