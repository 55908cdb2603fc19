import { classNames } from "@mainstay/ui";
import { useId } from "react";

/** A few choices side by side, one of them taken: arrow keys move between them. */
export function Segmented<Value extends string>({ label, options, value, onChange }: SegmentedProps<Value>) {
  const name = useId();
  return (
    <fieldset className="flex h-[30px] items-center rounded-control border border-line bg-well p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className={classNames(
            "flex h-full items-center rounded-[6px] px-3 text-small font-medium whitespace-nowrap",
            "has-focus-visible:outline-2 has-focus-visible:outline-harbour",
            option.value === value
              ? "bg-surface text-ink shadow-card dark:bg-canvas"
              : "text-ink-soft hover:text-ink",
          )}
        >
          <input
            type="radio"
            name={name}
            className="sr-only"
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.name}
        </label>
      ))}
    </fieldset>
  );
}

type SegmentedProps<Value extends string> = {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly name: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
};
