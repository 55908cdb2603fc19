import type { Regulator, Review, ReviewAction } from "@mainstay/wire";
import type { IncidentRecord } from "../types.ts";
import { listText } from "./facts.ts";
import { dateText, timeText } from "./words.ts";

/** What must have been written by a person, not only drafted, before a review is closed. */
export const written_parts = ["cause", "trigger", "detection"] as const;

const part_names: Readonly<Record<(typeof written_parts)[number], string>> = {
  cause: "the cause",
  trigger: "the trigger",
  detection: "the detection",
};

type Condition = Review["conditions"][number];

/** What decides whether a review may be closed. */
export type Standing = {
  readonly incident: Pick<IncidentRecord, "state">;
  readonly texts: Review["texts"];
  readonly actions: readonly ReviewAction[];
  readonly check: Review["check"];
  readonly reader: Review["reader"];
  readonly classified: Regulator["classified"];
};

function writtenCondition({ texts }: Standing): Condition {
  const missing = written_parts.filter((part) =>
    texts.some((text) => text.part === part && (text.isDrafted || text.text.trim() === "")),
  );
  const isMet = missing.length === 0;
  const detail = isMet
    ? null
    : `Somebody must still write ${listText(missing.map((part) => part_names[part]))}.`;
  return { id: "written", name: "Cause, trigger and detection written", isMet, detail };
}

function actionsCondition({ actions }: Standing): Condition {
  const open = actions.filter(({ state }) => state === "open");
  const isMet = open.length === 0;
  const detail = isMet ? null : `Still open: ${listText(open.map(({ what }) => `“${what}”`))}.`;
  return { id: "actions", name: "Each action is done, or moved with a reason", isMet, detail };
}

function checkCondition({ check }: Standing): Condition {
  const isMet = check !== null && check.demandedAt !== null;
  const suggested = check === null ? "Choose the journey that failed." : `Suggested: “${check.title}”.`;
  const detail = isMet ? `“${check.title}” is demanded of every version.` : suggested;
  return { id: "check", name: "The failing case is a check", isMet, detail };
}

function readerCondition({ reader }: Standing): Condition {
  const isMet = reader !== null && reader.readAt !== null;
  const asked = reader === null ? null : new Date(reader.readAt ?? reader.askedAt);
  const word = reader?.readAt === null ? "asked" : "read it";
  const detail =
    reader === null || asked === null
      ? "Ask somebody who hasn’t written it."
      : `${reader.name}, ${word} at ${timeText(asked)} on ${dateText(asked)}`;
  return { id: "reader", name: "A second reader", isMet, detail };
}

function classifiedCondition({ classified }: Standing): Condition {
  const said = classified?.as === "major" ? "major" : "not major";
  return {
    id: "classified",
    name: classified === null ? "Classified for the regulator" : `Classified: ${said}`,
    isMet: classified !== null,
    detail: classified === null ? "Say whether it is major." : `${classified.by.name}: ${classified.reason}`,
  };
}

/** What must be before a review is closed, each with what is missing. */
export function conditionsOf(standing: Standing): Condition[] {
  const isResolved = standing.incident.state === "resolved";
  return [
    {
      id: "resolved",
      name: "The incident is resolved",
      isMet: isResolved,
      detail: isResolved ? null : `It is still ${standing.incident.state}.`,
    },
    writtenCondition(standing),
    actionsCondition(standing),
    checkCondition(standing),
    readerCondition(standing),
    classifiedCondition(standing),
  ];
}

/** What is missing, in one sentence for whoever wanted to close it. */
export function missingSentence(conditions: readonly Condition[]): string {
  const missing = conditions.filter(({ isMet }) => !isMet).map(({ name }) => name.toLowerCase());
  return `Still missing: ${missing.join("; ")}.`;
}
