import { classNames } from "@mainstay/ui";
import {
  ArrowBigUp,
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  Command,
  CornerDownLeft,
  type LucideIcon,
} from "lucide-react";

/** Signs that a font may lack are drawn. */
const drawn: Readonly<Record<string, LucideIcon>> = {
  mod: Command,
  shift: ArrowBigUp,
  Enter: CornerDownLeft,
  ArrowDown: ArrowDown,
  ArrowUp: ArrowUp,
  ArrowLeft: ArrowLeft,
  ArrowRight: ArrowRight,
};

const isApple = /mac|iphone|ipad/i.test(navigator.userAgent);

function Cap({ name }: { readonly name: string }) {
  if (name === "mod" && !isApple) return "Ctrl";
  const Glyph = drawn[name];
  if (Glyph) return <Glyph size={11} strokeWidth={2} />;
  return name === "Escape" ? "Esc" : name.toUpperCase();
}

/**
 * Keys that are pressed together, as caps of 18 px: `mod+Enter` is ⌘ and ↵, or Ctrl and ↵ where there is no
 * ⌘.
 */
export function Keys({ of, on = "plain" }: KeysProps) {
  return (
    <span className="inline-flex gap-0.5" aria-hidden>
      {of.split("+").map((name) => (
        <kbd
          key={name}
          className={classNames(
            "inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-key border px-1",
            "font-sans text-[11px] font-medium",
            on === "filled" ? "border-current opacity-80" : "border-line2 bg-surface text-ink-soft",
          )}
        >
          <Cap name={name} />
        </kbd>
      ))}
    </span>
  );
}

type KeysProps = { readonly of: string; readonly on?: "plain" | "filled" };
