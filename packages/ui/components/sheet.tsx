import { classNames } from "../class-names.ts";
import { X } from "lucide-react";
import {
  memo,
  use,
  useEffect,
  useEffectEvent,
  useId,
  useRef,
  useState,
  type PointerEvent,
  type ReactNode,
} from "react";
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
  const close = useEffectEvent(onClose);
  useEffect(() => {
    const element = dialog.current;
    // A press on the scrim is a press on the dialog itself, outside everything in it.
    const press = (event: MouseEvent) => event.target === element && close();
    element?.addEventListener("click", press);
    return () => element?.removeEventListener("click", press);
  }, []);
  const pull = usePullToClose(onClose);
  const isThere = useIsThere(open);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onClose={onClose}
      className={classNames(
        "sheet fixed inset-x-0 top-auto bottom-0 m-0 mx-auto max-h-[92dvh] w-full",
        "max-w-107.5 overflow-y-auto overscroll-contain rounded-t-sheet bg-canvas p-0",
        "text-ink backdrop:bg-scrim",
      )}
    >
      <div className="px-5 pb-[max(20px,env(safe-area-inset-bottom))]">
        <div className="flex h-6 cursor-grab touch-none justify-center pt-2" {...pull}>
          <span className="h-[5px] w-9 rounded-full bg-edge/60" />
        </div>
        <div className="flex min-h-13 items-center justify-between gap-3 pb-2">
          <h2 id={titleId} className="text-heading">
            {isThere && <Lasting isFrozen={!open}>{title}</Lasting>}
          </h2>
          <div className="-mr-2.5">
            <IconButton label={words.close} onClick={onClose}>
              <Icon of={X} />
            </IconButton>
          </div>
        </div>
        {isThere && <Lasting isFrozen={!open}>{children}</Lasting>}
      </div>
    </dialog>
  );
}

/** How long a sheet takes to go, in milliseconds; its style says the same. */
const closing_ms = 240;

/** Whether there is anything in a sheet: while it is open, and while it goes. */
function useIsThere(open: boolean): boolean {
  const [wasOpen, setWasOpen] = useState(open);
  const [isGone, setGone] = useState(!open);
  if (open !== wasOpen) {
    setWasOpen(open);
    if (open) setGone(false);
  }
  useEffect(() => {
    if (open) return;
    const timer = setTimeout(() => setGone(true), closing_ms);
    return () => clearTimeout(timer);
  }, [open]);
  return open || !isGone;
}

/** While a sheet goes it keeps what it last showed, whatever it is given. */
const Lasting = memo(
  ({ children }: { readonly isFrozen: boolean; readonly children: ReactNode }) => children,
  (_before, next) => next.isFrozen,
);

/** Follows a finger on the grabber, and closes when it was pulled far enough, as the close button does. */
function usePullToClose(onClose: () => void) {
  const from = useRef<number | null>(null);
  const moveTo = (event: PointerEvent, px: number) => {
    const sheet = event.currentTarget.closest("dialog");
    if (sheet !== null) sheet.style.translate = px === 0 ? "" : `0 ${px}px`;
  };
  const end = (event: PointerEvent) => {
    if (from.current === null) return;
    const pulled_px = event.clientY - from.current;
    from.current = null;
    moveTo(event, 0);
    if (pulled_px > pull_to_close_px) onClose();
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      from.current = event.clientY;
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event: PointerEvent) => {
      if (from.current !== null) moveTo(event, Math.max(0, event.clientY - from.current));
    },
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
