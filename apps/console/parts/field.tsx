import { classNames } from "@mainstay/ui";
import { useId, type ComponentProps, type Ref } from "react";

const box = classNames(
  "w-full rounded-control border border-field bg-surface px-2.5 text-dense text-ink",
  "outline-offset-0 placeholder:text-ink-soft focus-visible:outline-2 focus-visible:outline-harbour",
);

/** A line of text with its name above. */
export function TextField({
  label,
  ...rest
}: { readonly label: string } & Omit<ComponentProps<"input">, "className">) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-small text-ink-soft">
        {label}
      </label>
      <input {...rest} id={id} className={classNames(box, "h-8")} />
    </div>
  );
}

/** Several lines of text with their name above. */
export function TextArea({
  label,
  inputRef,
  ...rest
}: { readonly label: string; readonly inputRef?: Ref<HTMLTextAreaElement> } & Omit<
  ComponentProps<"textarea">,
  "className"
>) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1 block text-small text-ink-soft">
        {label}
      </label>
      <textarea {...rest} ref={inputRef} id={id} className={classNames(box, "block resize-none py-1.5")} />
    </div>
  );
}

/** What went wrong, and what to do about it; spoken as it appears. */
export function Trouble({ children }: { readonly children: string | null }) {
  if (children === null) return null;
  return (
    <p role="alert" className="rounded-control bg-danger-tint px-2.5 py-2 text-small text-danger">
      {children}
    </p>
  );
}
