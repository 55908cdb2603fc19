import { classNames } from "../class-names.ts";
import { Delete } from "lucide-react";
import { use, useEffect, useEffectEvent } from "react";
import { keyOfKeyboard, type KeypadKey } from "../text/typed-amount.ts";
import { UiWordsContext } from "../text/words.ts";
import { Icon } from "./icon.tsx";

const keys: readonly KeypadKey[] = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "delete"];

/**
 * Whether a key press belongs to something else: a field that is being typed into, or a sheet that is open.
 */
function isTakenElsewhere(event: KeyboardEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return true;
  if (document.querySelector("dialog[open]") !== null) return true;
  return event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
}

/**
 * The keypad of every amount: twelve keys of 64 px without a ground, and the digits of a real keyboard too.
 */
export function Keypad({ onKey }: { readonly onKey: (key: KeypadKey) => void }) {
  const words = use(UiWordsContext);
  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    const key = isTakenElsewhere(event) ? null : keyOfKeyboard(event.key);
    if (key !== null) onKey(key);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
  const labels: Partial<Record<KeypadKey, string>> = { ".": words.decimalPoint, delete: words.deleteDigit };
  return (
    <div role="group" aria-label={words.keypad} className="grid grid-cols-3 gap-y-1">
      {keys.map((key) => (
        <button
          key={key}
          type="button"
          aria-label={labels[key]}
          onClick={() => onKey(key)}
          className={classNames(
            "money flex h-16 items-center justify-center rounded-button text-title",
            "leading-none font-medium tracking-normal transition-colors duration-150",
            "select-none active:bg-well [@media(max-height:700px)]:h-13",
          )}
        >
          {key === "delete" ? <Icon of={Delete} size={32} className="size-7" /> : key}
        </button>
      ))}
    </div>
  );
}
