import { useEffect, useRef, type RefObject } from "react";

/** The first field of a page that asks for one thing is ready to be typed into. The ref goes round it. */
export function useFirstField<T extends HTMLElement>(): RefObject<T | null> {
  const around = useRef<T>(null);
  useEffect(() => around.current?.querySelector<HTMLElement>("input")?.focus(), []);
  return around;
}
