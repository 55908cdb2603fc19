import { newId } from "@mainstay/kernel";
import { useState } from "react";
import { browserClock, browserRandom } from "../browser.ts";

function newCommandId(): string {
  return newId("cmd", { clock: browserClock, random: browserRandom });
}

/**
 * A command's id: the same for the same wish, so that pressing again after a lost answer is the same command,
 * and another one once the wish has changed.
 */
export function useCommandId(...wish: readonly (string | number | null)[]): string {
  const text = JSON.stringify(wish);
  const [command, setCommand] = useState(() => ({ id: newCommandId(), text }));
  if (command.text === text) return command.id;
  const next = { id: newCommandId(), text };
  setCommand(next);
  return next.id;
}
