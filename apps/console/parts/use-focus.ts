import { useEffect, useRef, type RefObject } from "react";

/** Goes to a field as it appears, because whoever looks has just asked to write there. */
export function useFocus<Field extends HTMLElement>(): RefObject<Field | null> {
  const field = useRef<Field>(null);
  useEffect(() => field.current?.focus(), []);
  return field;
}
