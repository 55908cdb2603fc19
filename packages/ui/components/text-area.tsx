import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "../class-names.ts";

/** A field for more than a line: it grows with what is typed, up to half the screen. */
export function TextArea({ label, isLabelHidden = false, isTall = false, help, ...rest }: TextAreaProps) {
  const id = useId();
  return (
    <div>
      <label
        htmlFor={id}
        className={isLabelHidden ? "sr-only" : "mb-1.5 block px-1 text-body font-medium text-ink-soft"}
      >
        {label}
      </label>
      <textarea
        rows={1}
        {...rest}
        id={id}
        aria-describedby={help === undefined ? undefined : `${id}-note`}
        className={classNames(
          "block field-sizing-content max-h-[50dvh] w-full resize-none rounded-button border",
          isTall ? "min-h-40" : "min-h-14",
          "border-edge bg-surface px-4 py-4 text-row text-ink outline-offset-0 placeholder:text-ink-soft",
          "focus-visible:outline-2 focus-visible:outline-harbour",
        )}
      />
      {help !== undefined && (
        <p id={`${id}-note`} className="mt-1.5 px-1 text-body text-ink-soft">
          {help}
        </p>
      )}
    </div>
  );
}

/** What `TextArea` takes, beside what any text area takes. */
export type TextAreaProps = Omit<ComponentProps<"textarea">, "id" | "className"> & {
  readonly label: ReactNode;
  /** The label is there for those who can't see the field. */
  readonly isLabelHidden?: boolean;
  /** Room for a letter from the beginning. */
  readonly isTall?: boolean;
  readonly help?: ReactNode;
};
