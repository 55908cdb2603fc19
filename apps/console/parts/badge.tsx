import { classNames } from "@mainstay/ui";
import type { ReactNode } from "react";

const tones = {
  plain: "bg-well text-ink",
  lamp: "bg-lamp-tint text-lamp-ink",
  good: "bg-good-tint text-good",
  danger: "bg-danger-tint text-danger",
} as const;

/** A state in a word, 20 px high. Colour never says it alone. */
export function Badge({
  tone = "plain",
  children,
}: {
  readonly tone?: keyof typeof tones;
  readonly children: ReactNode;
}) {
  return (
    <span
      className={classNames(
        "inline-flex h-5 items-center gap-1 rounded-badge px-1.5 text-small font-semibold whitespace-nowrap",
        tones[tone],
      )}
    >
      {children}
    </span>
  );
}
