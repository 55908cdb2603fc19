import type { Component, ComponentState, PublicIncident } from "@mainstay/wire";
import { Check, CircleHelp, CircleSlash2, TriangleAlert, X } from "lucide-react";
import type { StateBadge } from "../releases/words.ts";

const component_names: Readonly<Record<Component, string>> = {
  "log-in": "Log in",
  balances: "Balances and feed",
  payments: "Payments in the UK",
  "transfers-abroad": "Transfers abroad",
  pots: "Pots",
  "developer-api": "Developer API",
};

/** What the public is told of, in the order of the page. (As values they would bring the validator in.) */
export const all_components = Object.keys(component_names) as readonly Component[];

/** What a component is called. */
export function componentName(component: Component): string {
  return component_names[component];
}

const component_badges: Readonly<Record<ComponentState, StateBadge>> = {
  works: { tone: "good", text: "Works", icon: Check },
  partly: { tone: "lamp", text: "Works partly", icon: TriangleAlert },
  down: { tone: "danger", text: "Doesn’t work", icon: X },
  unknown: { tone: "plain", text: "Not measured", icon: CircleHelp },
  "not-offered": { tone: "outline", text: "Not offered yet", icon: CircleSlash2 },
};

/** How a component stands, as a badge. */
export function componentBadge(state: ComponentState): StateBadge {
  return component_badges[state];
}

const worse: Readonly<Record<ComponentState, readonly ComponentState[]>> = {
  works: ["partly", "down"],
  unknown: ["partly", "down"],
  partly: ["down"],
  down: [],
  "not-offered": [],
};

/** What staff may say by hand: only what is worse than what is measured. */
export function worseThan(measured: ComponentState): readonly ComponentState[] {
  return worse[measured];
}

const public_states: Readonly<Record<PublicIncident["state"], StateBadge>> = {
  "looking-into-it": { tone: "danger", text: "Looking into it", hasDot: true },
  "cause-found": { tone: "lamp", text: "Cause found", hasDot: true },
  watching: { tone: "lamp", text: "Watching", hasDot: true },
  "works-again": { tone: "good", text: "Works again", icon: Check },
};

/** How the public reads an incident's state. */
export function publicBadge(state: PublicIncident["state"]): StateBadge {
  return public_states[state];
}
