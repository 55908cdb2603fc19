import { bank_time_zone } from "@mainstay/kernel";
import type { Component, Platform } from "@mainstay/wire";
import { component_names, listed } from "./page/words.ts";
import type { IncidentFacts, PublicState } from "./types.ts";

const platform_names: Readonly<Record<Platform, string>> = {
  ios: "iPhone",
  android: "Android",
  web: "the web",
};

const time = new Intl.DateTimeFormat("en-GB", {
  timeZone: bank_time_zone,
  hour: "2-digit",
  minute: "2-digit",
});

function whereOf({ scope }: Pick<IncidentFacts, "scope">): string {
  return scope.platforms.length === 0 || scope.platforms.length === 3
    ? ""
    : ` on ${scope.platforms.map((platform) => platform_names[platform]).join(" and ")}`;
}

/** An incident's title for the public: from its scope, and never in the words of whoever handles it. */
export function publicTitle(incident: IncidentFacts): string {
  const names = incident.scope.components.map((component) => component_names[component]);
  const what = names.length === 0 ? "Mainstay" : listed(names);
  const where = whereOf(incident);
  return where === "" ? what : `${what},${where}`;
}

function troubleOf(component: Component | undefined, incident: IncidentFacts): string {
  const who = incident.severity === 1 && whereOf(incident) === "" ? "Many" : "Some";
  const where = whereOf(incident);
  const version = incident.scope.versions.length > 0 ? " with our newest version" : "";
  switch (component) {
    case "log-in":
      return `${who} people${where} can’t log in${version}.`;
    case "balances":
      return `${who} people${where} can’t see their balance${version}.`;
    case "payments":
      return `Some payments${where} don’t get through${version}.`;
    case "transfers-abroad":
      return "Some transfers abroad don’t get through.";
    case "pots":
      return `Some people${where} can’t use their pots${version}.`;
    case "developer-api":
      return "The developer API answers with errors.";
    case undefined:
      return `Something${where} doesn’t work as it should.`;
    default:
      return component satisfies never;
  }
}

/** What is known when an update is written. */
export type UpdateFacts = {
  readonly incident: IncidentFacts;
  readonly now: Date;
  readonly people: number;
  readonly back: number;
  /** The components that are measured and work. */
  readonly working: readonly Component[];
};

/** The text of an update, from the record alone. */
export function draftUpdate(state: PublicState, facts: UpdateFacts): string {
  const { incident, now, people, back, working } = facts;
  const { takenBackAt } = incident;
  const { components, versions } = incident.scope;
  switch (state) {
    case "looking-into-it": {
      const [first, ...others] = components;
      const trouble = [troubleOf(first, incident), ...others.map((one) => troubleOf(one, incident))];
      const fine = working.filter((one) => components.length > 0 && !components.includes(one));
      const names = listed(fine.map((one) => component_names[one]));
      const rest = names === "" ? [] : [`${names} ${verbOf(fine)}.`];
      const what =
        takenBackAt === null
          ? "We’re looking into it."
          : `We took that version back at ${time.format(takenBackAt)} and are looking into it.`;
      return [...trouble, ...rest, what].join(" ");
    }
    case "cause-found":
      return takenBackAt === null
        ? "We’ve found the cause and are putting it right."
        : `We’ve found the cause. The version that had it was taken back at ${time.format(takenBackAt)}.`;
    case "watching":
      return versions.length > 0
        ? `Everybody has had the version before it again since ${time.format(takenBackAt ?? now)}. ` +
            "Nobody needs to do anything."
        : "It works again. We’re watching it before we call it over.";
    case "works-again":
      if (people === 0) return "Everything works as usual again.";
      if (people === 1 && back === 1) return "The one person who was kept out is back in.";
      return back === people
        ? `All ${people} people who were kept out are back in.`
        : `It works again. Of the ${people} people who were kept out, ${back} have been back in so far.`;
    default:
      return state satisfies never;
  }
}

function verbOf(components: readonly Component[]): string {
  return components.length === 1 && components[0] === "log-in" ? "works" : "work";
}
