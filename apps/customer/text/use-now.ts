import { useEffect, useState } from "react";
import { serverNow } from "../browser.ts";

/** The server's time, ticking while it is asked to: for countdowns, every 250 ms, and never otherwise. */
export function useNow(ticking: boolean): Date {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => setNow(serverNow()), 250);
    return () => clearInterval(timer);
  }, [ticking]);
  return now;
}

/**
 * Whole seconds until an instant, counted as people count: 0.2 s before it there is one second left; never
 * below 0.
 */
export function secondsUntil(iso: string, now: Date): number {
  return Math.max(0, Math.ceil((Date.parse(iso) - now.getTime()) / 1000));
}
