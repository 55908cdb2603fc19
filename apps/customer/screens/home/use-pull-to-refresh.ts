import { useEffect, useEffectEvent, useState } from "react";

/** How far the page must be pulled, in px, after the pull has been halved as rubber does. */
const pull_px_min = 64;

/**
 * Follows a finger that pulls the page down from its top. Gives how far, in px; the visible button does the
 * same.
 */
export function usePullToRefresh(onRefresh: () => void): number {
  const [pulled, setPulled] = useState(0);
  const refresh = useEffectEvent(onRefresh);
  useEffect(() => {
    let from: number | null = null;
    let distance = 0;
    const set = (px: number) => {
      distance = px;
      setPulled(px);
    };
    const start = (event: TouchEvent) => {
      from = scrollY <= 0 && event.touches.length === 1 ? (event.touches[0]?.clientY ?? null) : null;
    };
    const move = (event: TouchEvent) => {
      if (from === null) return;
      const px = (event.touches[0]?.clientY ?? from) - from;
      if (px < 0) from = null;
      set(Math.min(96, Math.max(0, px / 2)));
    };
    const end = () => {
      if (distance >= pull_px_min) refresh();
      from = null;
      if (distance > 0) set(0);
    };
    const options = { passive: true };
    document.addEventListener("touchstart", start, options);
    document.addEventListener("touchmove", move, options);
    document.addEventListener("touchend", end, options);
    document.addEventListener("touchcancel", end, options);
    return () => {
      document.removeEventListener("touchstart", start);
      document.removeEventListener("touchmove", move);
      document.removeEventListener("touchend", end);
      document.removeEventListener("touchcancel", end);
    };
  }, []);
  return pulled;
}
