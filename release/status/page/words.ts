import type { Component, ComponentState, PublicIncident, Status } from "@mainstay/wire";

/** What the public calls each component. */
export const component_names: Readonly<Record<Component, string>> = {
  "log-in": "Log in",
  balances: "Balances and feed",
  payments: "Payments in the UK",
  "transfers-abroad": "Transfers abroad",
  pots: "Pots",
  "developer-api": "Developer API",
};

/** How each stands, in a word. */
export const state_words: Readonly<Record<ComponentState, string>> = {
  works: "works",
  partly: "partly works",
  down: "doesn’t work",
  unknown: "not measured now",
  "not-offered": "not offered yet",
};

/** What people do, where one of these fails. */
const doings: Readonly<Record<Component, string>> = {
  "log-in": "Logging in",
  balances: "Seeing a balance",
  payments: "Paying",
  "transfers-abroad": "Sending money abroad",
  pots: "Using pots",
  "developer-api": "The developer API",
};

/** Names as one list: "A, b and c"; only the first keeps its capital letter. */
export function listed(words: readonly string[]): string {
  const [first = "", ...others] = words.map((word, index) =>
    index === 0 ? word : word.charAt(0).toLowerCase() + word.slice(1),
  );
  return others.length === 0
    ? first
    : `${[first, ...others.slice(0, -1)].join(", ")} and ${others.at(-1) ?? ""}`;
}

/** The sentence at the head of the page: what is worst comes first. */
export function headSentence(
  components: readonly Pick<Status["components"][number], "id" | "state">[],
): string {
  const named = (wanted: ComponentState): readonly string[] =>
    components.filter(({ state }) => state === wanted).map(({ id }) => doings[id]);
  const [down, partly, unknown] = [named("down"), named("partly"), named("unknown")];
  const offered = components.filter(({ state }) => state !== "not-offered");
  if (down.length === offered.length && offered.length > 1) return "Mainstay doesn’t work at the moment";
  if (down.length > 0) return `${listed(down)} ${down.length > 1 ? "don’t" : "doesn’t"} work at the moment`;
  if (partly.length > 0)
    return `${listed(partly)} ${partly.length > 1 ? "don’t" : "doesn’t"} work for everybody`;
  if (unknown.length > 0) return "We can’t measure everything at the moment";
  return "Everything works";
}

/** How an incident stands, for the public. */
export const update_words: Readonly<Record<PublicIncident["state"], string>> = {
  "looking-into-it": "Looking into it",
  "cause-found": "Cause found",
  watching: "Watching",
  "works-again": "Works again",
};
