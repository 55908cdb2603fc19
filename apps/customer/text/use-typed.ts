import { useState } from "react";

const prefix = "mainstay.typed.";

function read(name: string): string | null {
  try {
    return sessionStorage.getItem(prefix + name);
  } catch {
    return null;
  }
}

function write(name: string, text: string): void {
  try {
    sessionStorage.setItem(prefix + name, text);
  } catch {
    // Blocked storage costs what was being typed when the page is loaded again, and nothing else.
  }
}

/** What is being typed into a field. It outlives a reload and a change of version, and ends with the tab. */
export function useTyped(name: string, initial = ""): readonly [string, (text: string) => void] {
  const [text, setText] = useState(() => read(name) ?? initial);
  const change = (changed: string) => {
    setText(changed);
    write(name, changed);
  };
  return [text, change];
}

/** Forgets what was typed into fields whose names begin so. */
export function forgetTyped(start: string): void {
  try {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(prefix + start)) sessionStorage.removeItem(name);
    }
  } catch {
    // Nothing is kept where storage is blocked.
  }
}
