import { classNames } from "@mainstay/ui";
import { useId } from "react";

/** A choice out of many with its name above. */
export function Select({ label, options, value, onChange }: SelectProps) {
  const id = useId();
  return (
    <div className="min-w-0 flex-1">
      <label htmlFor={id} className="mb-1 block text-small text-ink-soft">
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={classNames(
          "money h-8 w-full rounded-control border border-field bg-surface px-2 text-dense text-ink",
          "outline-offset-0 focus-visible:outline-2 focus-visible:outline-harbour",
        )}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.name}
          </option>
        ))}
      </select>
    </div>
  );
}

type SelectProps = {
  readonly label: string;
  readonly options: readonly { readonly value: string; readonly name: string }[];
  readonly value: string;
  readonly onChange: (value: string) => void;
};
