import { classNames } from "@mainstay/ui";
import type { ReactNode } from "react";

/** A dense table with a head that stays: its first and last cells keep 16 px from the card's edge. */
export function Table({ label, columns, isNarrow = false, children }: TableProps) {
  return (
    // What doesn't fit is scrolled to with the keyboard too.
    <div
      role="region"
      aria-label={label}
      tabIndex={0}
      className={classNames("min-h-0 flex-1 overflow-auto outline-offset-[-2px]")}
    >
      <table aria-label={label} className="w-full border-separate border-spacing-0 text-left">
        <thead>
          <tr>
            {columns.map((column) => {
              const {
                name,
                isNumeric = false,
                short = null,
              } = typeof column === "string" ? { name: column } : column;
              return (
                <th
                  key={name}
                  scope="col"
                  className={classNames(
                    "sticky top-0 z-10 h-8 border-b border-line bg-table-head text-small",
                    isNarrow ? "px-1 min-[1400px]:px-1.5" : "px-2",
                    "font-medium whitespace-nowrap text-ink-soft first:pl-4 last:pr-4",
                    isNumeric && "text-right",
                  )}
                >
                  {short === null ? (
                    name
                  ) : (
                    <>
                      <span className="min-[1400px]:hidden">{short}</span>
                      <span className="hidden min-[1400px]:inline">{name}</span>
                    </>
                  )}
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
export type Column =
  | string
  | {
      readonly name: string;
      readonly isNumeric?: boolean;
      /** What stands for the name where the window is narrow. */
      readonly short?: string;
    };

type TableProps = {
  readonly label: string;
  readonly columns: readonly Column[];
  /** Many columns in little room: less of it between them. */
  readonly isNarrow?: boolean;
  readonly children: ReactNode;
};

/** How high rows are: 38 px in the table that a page is about, 30 px in one among several. */
const densities = { roomy: "[&>td]:h-[38px]", usual: "", dense: "[&>td]:h-[30px] [&>td]:py-0.5" } as const;

/** A row; the chosen one has a bar of harbour at its left. */
export function Row({ children, isChosen = false, density = "usual", onChoose }: RowProps) {
  return (
    <tr
      aria-selected={onChoose === undefined ? undefined : isChosen}
      onClick={onChoose}
      className={classNames(
        onChoose !== undefined && "cursor-pointer hover:bg-hover",
        densities[density],
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
  readonly density?: keyof typeof densities;
  readonly onChoose?: () => void;
};

/** A cell: one line, or two with the softer one below. */
export function Cell(props: CellProps) {
  const {
    children,
    below,
    isSoft = false,
    isNumeric = false,
    isRight = false,
    isTight = false,
    isWide = false,
    isCut = false,
  } = props;
  return (
    <td
      className={classNames(
        "border-b border-line px-2 py-1 align-middle first:pl-4 last:pr-4",
        below === undefined ? "h-9" : "h-[42px]",
        isSoft && "text-ink-soft",
        (isNumeric || isRight) && "money whitespace-nowrap",
        isRight && "text-right",
        isTight && "whitespace-nowrap",
        isWide && "w-full",
        isCut && "max-w-0 truncate",
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
  /** The cell takes the room that is left. */
  readonly isWide?: boolean;
  /** What doesn't fit is cut. */
  readonly isCut?: boolean;
};
