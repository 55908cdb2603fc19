import type { NumberedEvent } from "@mainstay/rollouts";
import { countText, peopleText, segmentText, shareText } from "./words.ts";
import type { Line } from "./types.ts";

/** What an event tells of the guard's evidence, as far as it does. */
type Evidence = {
  readonly logEvidence: number;
  readonly threshold: number;
  readonly segment: string;
  readonly at: string;
};

/** What is written of an event beside its facts. */
export function detailsOf(event: NumberedEvent): Readonly<Record<string, unknown>> {
  return JSON.parse(event.details) as Readonly<Record<string, unknown>>;
}

/** The guard's evidence in what is told of an event; null where there is none. */
export function evidenceIn(details: Readonly<Record<string, unknown>>): Evidence | null {
  const { logEvidence, threshold, segment, at } = details;
  const isWhole =
    typeof logEvidence === "number" &&
    typeof threshold === "number" &&
    typeof segment === "string" &&
    typeof at === "string" &&
    !Number.isNaN(Date.parse(at));
  return isWhole ? { logEvidence, threshold, segment, at } : null;
}

type Words = Pick<Line, "kind" | "title" | "detail"> & { readonly at?: Date };

function wordsOfAlarm(event: NumberedEvent): Words {
  const evidence = evidenceIn(detailsOf(event));
  if (evidence === null) return { kind: "alarm", title: "Alarm", detail: null };
  const strongest = segmentText(evidence.segment);
  const where = strongest === "" ? "" : `; strongest${strongest}`;
  // The guard spoke at that time; it was heard a moment later.
  const at = new Date(Math.min(Date.parse(evidence.at), event.at.getTime()));
  return {
    kind: "alarm",
    title: `Alarm: evidence ${evidence.logEvidence.toFixed(2)}`,
    detail: `over ${evidence.threshold.toFixed(1)}${where}`,
    at,
  };
}

function wordsOfRollback(event: NumberedEvent): Words {
  const { goesBackTo } = detailsOf(event);
  const versions =
    typeof goesBackTo === "object" && goesBackTo !== null
      ? [...new Set(Object.values(goesBackTo).filter((version) => typeof version === "string"))]
      : [];
  const to = versions.length === 0 ? "" : ` to ${versions.join(", ")}`;
  const had = event.people === null ? "" : `${peopleText(event.people)}, `;
  return { kind: "rolled-back", title: `Rolled back${to}`, detail: `${had}by ${byText(event)}` };
}

function byText({ actor_id, actor_name }: NumberedEvent): string {
  return actor_id === "guard" ? "the guard" : actor_name;
}

function people({ people: count }: NumberedEvent): string | null {
  return count === null ? null : peopleText(count);
}

function shareOf({ share }: NumberedEvent): string {
  return share === null ? "" : ` ${shareText(share)}`;
}

/** The line's words; null for what a timeline of an incident doesn't tell, or tells otherwise. */
function wordsOf(event: NumberedEvent): Words | null {
  const { kind, version, reason } = event;
  switch (kind) {
    case "started":
      return { kind: "stage", title: `${version} went out at${shareOf(event)}`, detail: people(event) };
    case "advanced":
    case "finishing":
      return { kind: "stage", title: `${version} reached${shareOf(event)}`, detail: people(event) };
    case "finished":
      return { kind: "stage", title: `${version} is everybody’s`, detail: people(event) };
    case "paused":
      return { kind, title: `${version} paused`, detail: reason };
    case "resumed":
      return { kind, title: `${version} goes on`, detail: reason };
    case "held":
      return { kind, title: `${version} held by the guard`, detail: reason };
    case "hold-ended":
      return { kind, title: `${version} held no longer`, detail: reason };
    case "asked":
      return { kind, title: `${version} waits for a person`, detail: reason };
    case "called":
      return { kind, title: "A person is called", detail: reason };
    case "alarm":
      return wordsOfAlarm(event);
    case "rolled-back":
      return wordsOfRollback(event);
    case "last-switched":
      return { kind, title: "Last open device switched", detail: people(event) };
    case "failures-lifted": {
      const { lifted } = detailsOf(event);
      if (typeof lifted !== "number" || lifted === 0) return null;
      const detail = `${countText(lifted)} that the version caused`;
      return { kind, title: "Failed tries forgotten", detail };
    }
    // The first of those who are affected says it better.
    case "first-failure":
    case "second-person-asked":
    case "declined":
      return null;
  }
}

/** An event of a rollout as a line of an incident's timeline; null for what it doesn't tell. */
export function lineOf(event: NumberedEvent): Line | null {
  const words = wordsOf(event);
  if (words === null) return null;
  const by = { id: event.actor_id, name: event.actor_name };
  return { at: event.at, ...words, by, happening: `rollout-event:${event.number}` };
}
