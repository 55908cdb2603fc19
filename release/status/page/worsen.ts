import type { ComponentState, Status } from "@mainstay/wire";
import { headSentence } from "./words.ts";

/** What the edge sees itself, beside what control has told it. */
export type Sight = {
  /** Since when control hasn't answered, RFC 3339; null while it does. */
  readonly unheardSince: string | null;
  /** Whether the bank says that it is ready. */
  readonly isBankReady: boolean;
};

/**
 * The status as it may be shown now, by what the edge sees itself: never better than what control said, never
 * green while control isn't heard, and down where the bank itself isn't there.
 */
export function worsened(status: Status, sight: Sight): Status {
  if (sight.unheardSince === null && sight.isBankReady) return status;
  const components = status.components.map((component) => {
    const state = worsenedState(component.state, sight);
    return state === component.state ? component : { ...component, state, since: sight.unheardSince };
  });
  const states = components.map(({ state }) => state);
  const order: readonly ComponentState[] = ["down", "partly", "unknown", "works"];
  const overall = order.find((state) => states.includes(state)) ?? "unknown";
  return { ...status, components, overall, sentence: headSentence(components) };
}

function worsenedState(state: ComponentState, { unheardSince, isBankReady }: Sight): ComponentState {
  if (state === "not-offered") return state;
  if (!isBankReady) return "down";
  return unheardSince !== null && state === "works" ? "unknown" : state;
}
