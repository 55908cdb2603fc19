import { classNames } from "@mainstay/ui";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Keys } from "./keys.tsx";

const looks = {
  primary: "border-transparent bg-harbour text-on-harbour hover:bg-harbour-press",
  plain: "border-line2 bg-surface text-ink hover:bg-hover",
  danger: "border-line2 bg-surface text-danger hover:bg-danger-tint",
} as const;

/**
 * A button of two lines: what it does, and whom it touches. One that is off keeps its place, and says why in
 * its second line.
 */
export function ActionButton({
  look = "plain",
  icon: Glyph,
  name,
  touches,
  keys,
  why,
  onPress,
}: ActionProps) {
  const isOff = why !== null;
  return (
    <button
      type="button"
      disabled={isOff}
      onClick={onPress}
      className={classNames(
        "flex h-[52px] min-w-[172px] flex-col justify-center rounded-control border px-3 text-left",
        "whitespace-nowrap transition-colors duration-150 ease-out",
        isOff ? "border-dashed border-line2 text-ink-soft" : looks[look],
      )}
    >
      <span className="flex w-full items-center gap-2 font-semibold">
        <Glyph size={15} strokeWidth={1.9} aria-hidden className="-ml-0.5" />
        {name}
        {!isOff && (
          <span className="ml-auto pl-2">
            <Keys of={keys} on={look === "primary" ? "filled" : "plain"} />
          </span>
        )}
      </span>
      <span className={classNames("money text-small", !isOff && look === "danger" && "text-ink")}>
        {why ?? touches}
      </span>
    </button>
  );
}

type ActionProps = {
  readonly look?: keyof typeof looks;
  readonly icon: LucideIcon;
  readonly name: string;
  readonly touches: ReactNode;
  readonly keys: string;
  /** Why it is off; null where it is on. */
  readonly why: string | null;
  readonly onPress: () => void;
};
