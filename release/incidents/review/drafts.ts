import type { ReviewText } from "@mainstay/wire";
import { lineAt } from "./facts.ts";
import type { Recorded } from "./ports.ts";

/**
 * What the record alone can say of each part of a review; facts stand in it as `{key}`. Sentences whose facts
 * the record doesn't have are left out.
 */

const sentences = (...parts: readonly (string | false)[]): string =>
  parts.filter((part) => part !== false).join(" ");
const bullets = (...parts: readonly (string | false)[]): string =>
  parts
    .filter((part) => part !== false)
    .map((part) => `- ${part}`)
    .join("\n");

const isReleased = ({ incident }: Recorded): boolean => incident.scope.versions.length > 0;
const isRolledBack = (recorded: Recorded): boolean => lineAt(recorded, "rolled-back") !== null;

function summary(recorded: Recorded): string {
  const { impact } = recorded;
  return sentences(
    isReleased(recorded)
      ? "On {date}, {people} people couldn’t log in with version {version} on {platforms}."
      : "On {date}, {people} people couldn’t log in.",
    lineAt(recorded, "first-failure") !== null && "The first was refused at {first-failure-at}.",
    isRolledBack(recorded) && "The version was taken back at {rolled-back-at}.",
    lineAt(recorded, "last-back") !== null && "The last was back in at {last-back-at}.",
    impact.people > impact.backIn && "{still-out} aren’t back in yet.",
    impact.medianOut_ms !== null && "They were out for {median-out} (median), {longest-out} at most.",
    impact.paymentsDelayed !== null && "Payments of theirs that waited: {payments-delayed}.",
  );
}

function cause({ cause: found }: Recorded): string {
  return sentences(
    found.narrowed !== null ? "{narrowed}" : "The record doesn’t narrow it to one group.",
    found.cells.length > 0 && "The reason given most often was {reason}.",
    found.difference !== null &&
      "Files in which version {version} differs from {version-before}: {files-changed}.",
  );
}

function trigger(recorded: Recorded): string {
  const { redChecks, override } = recorded.cause;
  return sentences(
    isReleased(recorded) && "Version {version} was given to customers on {platforms}.",
    redChecks.length > 0 && "Its checks had been red: {red-checks}.",
    override !== null && "Two people went on regardless: “{override}”.",
  );
}

function detection(recorded: Recorded): string {
  const { incident, impact } = recorded;
  return sentences(
    "{opened-by} opened the incident at {opened-at}.",
    impact.firstFailureToAlarm_ms !== null &&
      "The alarm came {first-failure-to-alarm} after the first failure; {failed-log-ins} log-ins failed.",
    impact.alarmToRollback_ms !== null && "From the alarm to the rollback it took {alarm-to-rollback}.",
    incident.source === "staff" && "No alarm had sounded: a person found it.",
  );
}

function wentWell(recorded: Recorded): string {
  const { impact, incident, timeline } = recorded;
  return bullets(
    incident.source !== "staff" && "It was found by a machine: {opened-by}",
    impact.alarmToRollback_ms !== null && "Taken back {alarm-to-rollback} after the alarm",
    lineAt(recorded, "last-switched") !== null && "The last open device had switched at {last-switched-at}",
    impact.people > 0 && impact.backIn === impact.people && "All {people} are back in",
    timeline.some(({ kind }) => kind === "message-sent") && "Those affected were told, and nobody else",
  );
}

function wentBadly(recorded: Recorded): string {
  const { cause: found, impact, incident } = recorded;
  return bullets(
    found.override !== null && "A red check was overridden: {red-checks}",
    found.redChecks.length === 0 && isReleased(recorded) && "No check had shown it",
    impact.firstFailureToAlarm_ms !== null &&
      "{first-failure-to-alarm} passed between the first failure and the alarm",
    impact.longestOut_ms !== null && "Somebody was out for {longest-out}",
    incident.source === "staff" && "No alarm sounded",
    impact.people > impact.backIn && "{still-out} people aren’t back in",
  );
}

function lucky(recorded: Recorded): string {
  const { impact } = recorded;
  return bullets(
    impact.paymentsDelayed === 0 && "No payment of theirs was waiting",
    isReleased(recorded) && "Only who had version {version} was concerned: {share} of customers",
  );
}

const drafted: Readonly<Record<ReviewText, (recorded: Recorded) => string>> = {
  summary,
  cause,
  trigger,
  detection,
  "went-well": wentWell,
  "went-badly": wentBadly,
  lucky,
};

/** Drafts a part of a review from the record. */
export function draftText(part: ReviewText, recorded: Recorded): string {
  return drafted[part](recorded);
}
