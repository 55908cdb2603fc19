import { useId, type ComponentProps, type ReactNode } from "react";
import { classNames } from "../class-names.ts";

/** A text field: its name above, help or what to mend below. */
export function Field({ label, help, error, className, ...rest }: FieldProps) {
  const id = useId();
  const note = error ?? help;
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block px-1 text-body font-medium text-ink-soft">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        aria-invalid={error !== undefined || undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
        className={classNames(
          "w-full min-h-14 rounded-button border bg-surface px-4 text-row text-ink",
          "outline-offset-0 placeholder:text-ink-soft",
          "focus-visible:outline-2 focus-visible:outline-harbour",
          error === undefined ? "border-edge" : "border-danger",
        )}
      />
      {note !== undefined && (
        <p
          id={`${id}-note`}
          role={error === undefined ? undefined : "alert"}
          className={classNames(
            "mt-1.5 px-1 text-body",
            error === undefined ? "text-ink-soft" : "text-danger",
          )}
        >
          {note}
        </p>
      )}
    </div>
  );
}

/** What `Field` takes, beside what any input takes. */
export type FieldProps = Omit<ComponentProps<"input">, "id"> & {
  readonly label: ReactNode;
  readonly help?: ReactNode;
  /** What to do about what was typed; spoken as soon as it appears. */
  readonly error?: ReactNode;
};
