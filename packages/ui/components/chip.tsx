import type { ComponentProps, ReactNode } from "react";
import { classNames } from "../class-names.ts";

/** A small fact in a pill of 32 px ("Locked"). */
export function Chip({
  tone = "well",
  children,
}: {
  readonly tone?: "well" | "lamp";
  readonly children: ReactNode;
}) {
  return (
    <span
      className={classNames(
        "inline-flex min-h-8 items-center gap-2 rounded-full px-3 text-body font-medium",
        tone === "lamp" ? "bg-lamp-tint text-lamp-ink" : "bg-well text-ink",
      )}
    >
      {children}
    </span>
  );
}

/** A pill of 44 px that can be pressed: a choice, or what has been added to something. */
export function ChipButton({ ground = "well", children, pressed, ...rest }: ChipButtonProps) {
  return (
    <button
      {...rest}
      type="button"
      aria-pressed={pressed}
      className={classNames(
        "inline-flex min-h-11 max-w-full items-center gap-2 rounded-full px-4 text-body",
        "font-medium active:opacity-80",
        pressed ? "bg-harbour-tint text-harbour-tint-ink" : "text-ink",
        !pressed && (ground === "surface" ? "bg-surface shadow-card" : "bg-well"),
      )}
    >
      {children}
    </button>
  );
}

/** What `ChipButton` takes. */
export type ChipButtonProps = Omit<ComponentProps<"button">, "className" | "type"> & {
  readonly ground?: "well" | "surface";
  readonly pressed?: boolean;
};
