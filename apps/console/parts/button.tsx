import { classNames } from "@mainstay/ui";
import type { ComponentProps, ReactNode } from "react";
import { Keys } from "./keys.tsx";

const looks = {
  primary: "bg-harbour text-on-harbour border-transparent hover:bg-harbour-press",
  plain: "bg-surface text-ink border-line2 hover:bg-hover",
  tint: "bg-harbour-tint text-harbour-tint-ink border-transparent hover:border-harbour",
  danger: "bg-surface text-danger border-danger hover:bg-danger-tint",
} as const;

/**
 * A button of 32 px, with the key that does the same. One `primary` a page; `tint` is a card's own next step.
 */
export function Button({ look = "plain", keys, icon, busy = false, children, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={rest.type ?? "button"}
      disabled={rest.disabled === true || busy}
      aria-busy={busy || undefined}
      className={classNames(
        "inline-flex h-8 items-center justify-center gap-2 rounded-control border px-3",
        "font-semibold whitespace-nowrap",
        "transition-colors duration-150 ease-out disabled:border-line disabled:bg-well",
        "disabled:text-ink-soft",
        looks[look],
      )}
    >
      {icon}
      <span>{children}</span>
      {keys !== undefined && <Keys of={keys} on={look === "primary" ? "filled" : "plain"} />}
    </button>
  );
}

type ButtonProps = Omit<ComponentProps<"button">, "className"> & {
  readonly look?: keyof typeof looks;
  readonly keys?: string;
  readonly icon?: ReactNode;
  readonly busy?: boolean;
};
