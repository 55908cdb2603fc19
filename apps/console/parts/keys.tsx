import { classNames } from "@mainstay/ui";

/** Keys as caps, 18 px high, as they are pressed one with another. */
export function Keys({
  of,
  on = "plain",
}: {
  readonly of: readonly string[];
  readonly on?: "plain" | "filled";
}) {
  return (
    <span className="inline-flex gap-0.5" aria-hidden>
      {of.map((key) => (
        <kbd
          key={key}
          className={classNames(
            "inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-key border px-1 font-sans text-[11px] font-medium",
            on === "filled"
              ? "border-current opacity-80 group-disabled:opacity-40"
              : "border-line2 bg-surface text-ink-soft",
          )}
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
