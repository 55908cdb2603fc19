import { classNames } from "../class-names.ts";

/** A switch of 52 × 32 that says what it switches. */
export function Switch({ checked, onChange, label }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      onClick={() => onChange(!checked)}
      className={classNames(
        "hit inline-flex h-8 w-13 shrink-0 items-center rounded-full p-[3px] transition-colors duration-200",
        checked ? "bg-harbour" : "bg-edge",
      )}
    >
      <span
        className={classNames(
          "size-6.5 rounded-full bg-surface transition-transform duration-200 ease-out",
          checked && "translate-x-5",
        )}
      />
    </button>
  );
}

/** What `Switch` takes. */
export type SwitchProps = {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly label: string;
};
