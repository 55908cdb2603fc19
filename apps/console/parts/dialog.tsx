import { classNames } from "@mainstay/ui";
import { useEffect, useRef, type ReactNode, type RefObject } from "react";

/** How everything that lies over the page looks. */
export const dialog_look = classNames(
  "m-auto rounded-panel border border-line bg-surface p-0 text-ink shadow-menu",
  "outline-none backdrop:bg-scrim",
);

/** Opens as a modal dialog while it is wanted; Escape and a press outside close it. */
export function useDialog(isOpen: boolean): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen && dialog.current?.open === false) {
      dialog.current.showModal();
      // Where there is nothing to fill in, the button that closes is at hand, and not a table to scroll in.
      if (document.activeElement?.role === "region") {
        dialog.current.querySelector<HTMLButtonElement>("footer button")?.focus();
      }
    }
    if (!isOpen && dialog.current?.open === true) dialog.current.close();
  }, [isOpen]);
  return dialog;
}

/** A dialog with its title, and its buttons at its foot. It is there while it is open. */
export function Dialog({ title, note, width = 480, onClose, children, foot }: DialogProps) {
  const dialog = useDialog(true);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      className={classNames(dialog_look, "max-h-[calc(100dvh-48px)]")}
      style={{ width }}
    >
      <div className="flex max-h-[calc(100dvh-50px)] flex-col">
        <header className="flex shrink-0 items-baseline gap-2 border-b border-line px-4 py-2.5">
          <h2 className="text-head">{title}</h2>
          {note !== undefined && <span className="text-small text-ink-soft">{note}</span>}
        </header>
        <div className="flex min-h-0 flex-col gap-3 overflow-y-auto p-4">{children}</div>
        <footer className="flex shrink-0 justify-end gap-2 border-t border-line px-4 py-3">{foot}</footer>
      </div>
    </dialog>
  );
}

type DialogProps = {
  readonly title: string;
  readonly note?: ReactNode;
  readonly width?: number;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly foot: ReactNode;
};
