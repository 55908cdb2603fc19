import { useState } from "react";

/** How long "Copied" stands, in milliseconds. */
const told_ms = 2_500;

/** Shares a text through the system's own sheet where there is one, and copies it where there isn't. */
export function useShare() {
  const [done, setDone] = useState(false);
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), told_ms);
  };
  const share = (text: string) => {
    if (!("share" in navigator) || !matchMedia("(pointer: coarse)").matches) return void copy(text);
    // A sheet that was closed shares nothing, and there is nothing to say about it.
    void navigator.share({ text }).catch(() => undefined);
  };
  return { done, share, copy: (text: string) => void copy(text) };
}
