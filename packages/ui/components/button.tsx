import type { ComponentProps, ReactNode } from "react";
import { classNames } from "../class-names.ts";

/** How a button looks. One `primary` a screen; `quiet` is a link that acts; `warn` takes something back. */
export type ButtonLook = "primary" | "second" | "quiet" | "warn";

/**
 * 56 px alone, 48 px in pairs, 36 px (tappable 44) inside a card, or words alone (tappable 44) in a line of
 * text.
 */
export type ButtonSize = "full" | "pair" | "small" | "text";

const looks: Readonly<Record<ButtonLook, string>> = {
  primary: "bg-harbour text-on-harbour hover:bg-harbour-press active:bg-harbour-press",
  second: "bg-harbour-tint text-harbour-tint-ink active:opacity-80",
  quiet: "text-harbour active:opacity-70",
  warn: "bg-danger-tint text-danger active:opacity-80",
};

const sizes: Readonly<Record<ButtonSize, string>> = {
  full: "w-full min-h-14 rounded-button px-5 py-2 text-row",
  pair: "w-full min-h-12 rounded-tile px-4 py-2 text-row",
  small: "hit min-h-9 rounded-full px-3.5 py-1 text-body",
  text: "hit rounded-[6px] text-body",
};

/** The classes of a button, for a link that looks like one. */
export function buttonClass(look: ButtonLook = "primary", size: ButtonSize = "full"): string {
  return classNames(
    "inline-flex items-center justify-center gap-3 text-center font-semibold",
    "transition-colors duration-150 ease-out",
    "disabled:bg-well disabled:text-ink-soft disabled:opacity-100 aria-busy:cursor-progress",
    looks[look],
    sizes[size],
  );
}

/** What `Button` takes, beside what any button takes. */
export type ButtonProps = Omit<ComponentProps<"button">, "className"> & {
  readonly look?: ButtonLook;
  readonly size?: ButtonSize;
  readonly icon?: ReactNode;
  /** Something is under way: a ring turns where the icon was, and a second press does nothing. */
  readonly busy?: boolean;
};

/** A button. Its words are the verb, and the amount where there is one. */
export function Button({ look, size, icon, busy = false, children, onClick, type, ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type ?? "button"}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={buttonClass(look, size)}
    >
      {busy ? <Ring /> : icon}
      <span>{children}</span>
    </button>
  );
}

function Ring() {
  return (
    <svg width="20" height="20" viewBox="0 0 20 20" fill="none" className="animate-turn" aria-hidden>
      <circle cx="10" cy="10" r="8" stroke="currentColor" strokeWidth="2.4" opacity=".35" />
      <path d="M10 2a8 8 0 0 1 8 8" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}

/** A 44 px button that is an icon, with its name for who can't see it. */
export function IconButton({ label, children, ...rest }: IconButtonProps) {
  return (
    <button
      {...rest}
      type="button"
      aria-label={label}
      className={classNames(
        "inline-flex size-11 shrink-0 items-center justify-center rounded-full text-ink",
        "active:bg-well",
      )}
    >
      {children}
    </button>
  );
}

/** What `IconButton` takes. */
export type IconButtonProps = Omit<ComponentProps<"button">, "className" | "type" | "aria-label"> & {
  readonly label: string;
};
