import { classNames } from "@mainstay/ui";
import type { ReactNode } from "react";

/** A dense table with a head that stays: its first and last cells keep 16 px from the card's edge. */
export function Table({ label, columns, children }: TableProps) {
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <table aria-label={label} className="w-full border-separate border-spacing-0 text-left">
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column}
                scope="col"
                className={classNames(
                  "sticky top-0 z-10 h-8 border-b border-line bg-table-head px-2 text-small",
                  "font-medium whitespace-nowrap text-ink-soft first:pl-4 last:pr-4",
                )}
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

type TableProps = {
  readonly label: string;
  readonly columns: readonly string[];
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
export function Cell({ children, below, isSoft = false, isNumeric = false, isTight = false }: CellProps) {
  return (
    <td
      className={classNames(
        "border-b border-line px-2 py-1 align-middle first:pl-4 last:pr-4",
        below === undefined ? "h-9" : "h-[42px]",
        isSoft && "text-ink-soft",
        isNumeric && "money whitespace-nowrap",
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
  /** The cell is as wide as its words. */
  readonly isTight?: boolean;
};
