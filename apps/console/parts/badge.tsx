import { classNames } from "@mainstay/ui";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

const tones = {
  plain: "bg-well text-ink",
  lamp: "bg-lamp-tint text-lamp-ink",
  good: "bg-good-tint text-good",
  danger: "bg-danger-tint text-danger",
  info: "bg-info-tint text-info",
  outline: "border border-line2 text-ink-soft",
} as const;

/** A state in a word, 20 px high. Colour never says it alone. */
export function Badge({ tone = "plain", icon: Glyph, hasDot = false, children }: BadgeProps) {
  return (
    <span
      className={classNames(
        "inline-flex h-5 items-center align-middle gap-1 rounded-badge px-1.5 text-small",
        "font-semibold whitespace-nowrap",
        tones[tone],
      )}
    >
      {hasDot && <span aria-hidden className="size-1.5 rounded-full bg-current" />}
      {Glyph && <Glyph size={13} strokeWidth={2} aria-hidden />}
      {children}
    </span>
  );
}

/** What a state looks like. */
export type BadgeTone = keyof typeof tones;

type BadgeProps = {
  readonly tone?: BadgeTone;
  readonly icon?: LucideIcon | undefined;
  readonly hasDot?: boolean;
  readonly children: ReactNode;
};
