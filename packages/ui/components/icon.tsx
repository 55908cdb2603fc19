import type { LucideIcon } from "lucide-react";
import { classNames } from "../class-names.ts";

/**
 * Draws an icon: 24 px at 1.75, or 20 px at 1.9 inside an avatar or a line of text. It never speaks; words
 * beside it do.
 */
export function Icon({ of: Glyph, size = 24, className }: IconProps) {
  return (
    <Glyph
      size={size}
      strokeWidth={size === 24 ? 1.75 : 1.9}
      className={classNames("shrink-0", className)}
      aria-hidden
    />
  );
}

/** What `Icon` takes. */
export type IconProps = {
  readonly of: LucideIcon;
  readonly size?: 20 | 24 | 32;
  readonly className?: string;
};
