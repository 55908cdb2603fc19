import { X } from "lucide-react";
import { use, useEffect, useId, useRef, useState, type PointerEvent, type ReactNode } from "react";
import { UiWordsContext } from "../text/words.ts";
import { IconButton } from "./button.tsx";
import { Icon } from "./icon.tsx";

/** How far down the grabber must be pulled before the sheet closes, in px. */
const pull_to_close_px = 96;

/**
 * A sheet from below, on the browser's own modal dialog: focus stays inside, Escape and a press outside close
 * it.
 */
export function Sheet({ open, onClose, title, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const words = use(UiWordsContext);
  useEffect(() => {
    const element = dialog.current;
    if (element === null) return;
    if (open && !element.open) {
      element.showModal();
      // A sheet that asks for something to be typed is ready for it.
      element.querySelector<HTMLElement>("input")?.focus();
    }
    if (!open && element.open) element.close();
  }, [open]);
  const pull = usePullToClose(dialog, onClose);
  const shown = useWhileClosing(open, { title, children });
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      className="sheet fixed inset-x-0 top-auto bottom-0 m-0 mx-auto max-h-[92dvh] w-full max-w-107.5 overflow-y-auto overscroll-contain rounded-t-sheet bg-canvas p-0 text-ink backdrop:bg-scrim"
    >
      <div className="px-5 pb-[max(20px,env(safe-area-inset-bottom))]">
        <div className="flex h-6 cursor-grab touch-none justify-center pt-2" {...pull}>
          <span className="h-[5px] w-9 rounded-full bg-edge/60" />
        </div>
        <div className="flex min-h-13 items-center justify-between gap-3 pb-2">
          <h2 id={titleId} className="text-heading">
            {shown?.title}
          </h2>
          <div className="-mr-2.5">
            <IconButton label={words.close} onClick={onClose}>
              <Icon of={X} />
            </IconButton>
          </div>
        </div>
        {shown?.children}
      </div>
    </dialog>
  );
}

/** How long a sheet takes to go, in milliseconds; its style says the same. */
const closing_ms = 240;

/** What a sheet shows: what it is given while it is open, the last of it while it goes, and then nothing. */
function useWhileClosing<T>(open: boolean, given: T): T | null {
  const last = useRef<T | null>(null);
  const [isGone, setGone] = useState(true);
  useEffect(() => {
    if (open) return setGone(false);
    const timer = setTimeout(() => setGone(true), closing_ms);
    return () => clearTimeout(timer);
  }, [open]);
  if (open) last.current = given;
  else if (isGone) last.current = null;
  return last.current;
}

/**
 * Follows a finger on the grabber, and closes when it was pulled far enough. The close button does the same.
 */
function usePullToClose(dialog: { readonly current: HTMLDialogElement | null }, onClose: () => void) {
  const from = useRef<number | null>(null);
  const move = (event: PointerEvent) => {
    if (from.current === null || dialog.current === null) return;
    dialog.current.style.translate = `0 ${Math.max(0, event.clientY - from.current)}px`;
  };
  const end = (event: PointerEvent) => {
    if (from.current === null || dialog.current === null) return;
    const pulled = event.clientY - from.current;
    from.current = null;
    dialog.current.style.translate = "";
    if (pulled > pull_to_close_px) onClose();
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      from.current = event.clientY;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: move,
    onPointerUp: end,
    onPointerCancel: end,
  };
}

/** What `Sheet` takes. */
export type SheetProps = {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly children: ReactNode;
};
