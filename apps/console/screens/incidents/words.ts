import type { Incident, IncidentSource, IncidentState, IncidentSummary, Message } from "@mainstay/wire";
import { Check, Merge } from "lucide-react";
import type { StateBadge } from "../releases/words.ts";

const state_badges: Readonly<Record<IncidentState, StateBadge>> = {
  triage: { tone: "danger", text: "New", hasDot: true },
  investigating: { tone: "lamp", text: "Looking into it", hasDot: true },
  identified: { tone: "lamp", text: "Cause found", hasDot: true },
  monitoring: { tone: "lamp", text: "Watching", hasDot: true },
  resolved: { tone: "good", text: "All clear", icon: Check },
  merged: { tone: "plain", text: "Merged", icon: Merge },
};

/** How an incident stands, as a badge. */
export function incidentBadge(state: IncidentState): StateBadge {
  return state_badges[state];
}

/** What a step to a state says. */
export const state_texts: Readonly<Record<IncidentState, string>> = {
  triage: "New: nobody has looked yet",
  investigating: "Looking into it",
  identified: "Cause found",
  monitoring: "Watching: what was done should help",
  resolved: "All clear",
  merged: "Merged into another",
};

/** Whether an incident still runs. */
export function isOpenIncident({ state }: Pick<IncidentSummary, "state">): boolean {
  return state !== "resolved" && state !== "merged";
}

const source_names: Readonly<Record<IncidentSource, string>> = {
  guard: "the guard",
  probe: "a probe",
  ledger: "the ledger’s checker",
  staff: "staff",
};

/** Who opened it, in a sentence: a person by name, a machine by what it is. */
export function openerText({ source, openedBy }: Pick<IncidentSummary, "source" | "openedBy">): string {
  return source === "staff" ? openedBy.name : source_names[source];
}

/** How long an incident has run, or ran, in milliseconds. */
export function incidentLength_ms({ openedAt, resolvedAt }: IncidentSummary, now: Date): number {
  const until = resolvedAt === null ? now.getTime() : Date.parse(resolvedAt);
  return Math.max(0, until - Date.parse(openedAt));
}

/** A name's first word: how a colleague is called. */
export function firstName(name: string): string {
  return name.split(" ")[0] ?? name;
}

/** A reference by its kind and its end: enough to tell two apart. */
export function shortReference(reference: string): string {
  const at = reference.indexOf("_");
  return reference.length <= 12 ? reference : `${reference.slice(0, at + 1)}…${reference.slice(-5)}`;
}

/** What is still to be done or known when somebody wants to give the all clear; empty where nothing is. */
export function beforeAllClear(incident: Incident, messages: readonly Message[]): readonly string[] {
  const { people, backIn } = incident.impact;
  const out = people - backIn;
  const isTold = messages.some(({ state }) => state === "sending" || state === "ended");
  return [
    ...(out > 0 ? [`${out} of ${people} ${out === 1 ? "isn’t" : "aren’t"} back in yet.`] : []),
    ...(people > 0 && !isTold ? ["No message has gone out to those affected."] : []),
    ...(incident.commander === null ? ["Nobody commands it."] : []),
    ...(incident.regulator.classified === null ? ["Nobody has signed whether it is major."] : []),
  ];
}

/** Why the all clear can't be given now; null where it can. */
export function whyNoAllClear({ state, nextStates, mergedInto }: Incident): string | null {
  if (state === "resolved") return "it was given";
  if (mergedInto !== null) return "it goes on as another";
  if (nextStates.includes("resolved")) return null;
  const next = nextStates[0];
  return next === undefined ? "not from here" : `first “${incidentBadge(next).text}”`;
}
