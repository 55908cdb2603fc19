import type { IncidentRecord } from "@mainstay/incidents";
import type { Component } from "@mainstay/wire";
import type { Words } from "./types.ts";

/** What was out of reach, in a customer's words: "you couldn't …". */
const couldnt: Readonly<Record<Component, string>> = {
  "log-in": "log in",
  balances: "see your balance",
  payments: "pay",
  "transfers-abroad": "send money abroad",
  pots: "use your pots",
  "developer-api": "reach your accounts from other apps",
};

const still_out =
  "If it still doesn’t work, close the app and open it again. If that doesn’t help either, " +
  "answer this message or write to hello@mainstay.example, and we’ll sort it out with you.";

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

function whatWeDid({
  isOver,
  isByVersion,
}: {
  readonly isOver: boolean;
  readonly isByVersion: boolean;
}): string {
  if (!isOver) {
    return "What we are doing: we know of it and are putting it right now. We’ll write again when it’s done.";
  }
  return isByVersion
    ? "What we did: we took that version back for everybody at {rolled_back_at}. " +
        "The app that you have now is one that works."
    : "What we did: we put it right at {rolled_back_at}.";
}

/**
 * Drafts the message to those affected from the record: what happened, what it meant for them, what we did,
 * what they need do, and an apology; with each customer's own times. Nobody waits for it: it has no
 * placeholder that can't be filled in for who is out still.
 */
export function draftOf(incident: Pick<IncidentRecord, "scope" | "takenBackAt">): Words {
  const { scope, takenBackAt } = incident;
  const what = listed(scope.components.map((component) => couldnt[component])) || couldnt["log-in"];
  const isOver = takenBackAt !== null || scope.until !== null;
  const isByVersion = scope.versions.length > 0;
  const happened = isByVersion
    ? "What happened: a new version of our app didn’t work on some devices, and yours was one of them."
    : "What happened: something at our end failed, and you were one of those it kept out.";
  const paragraphs = [
    `Hello {first_name}, on {date} you couldn’t ${what}. That was our mistake, and we’re sorry.`,
    happened,
    "What it meant for you: you tried {tries} and were refused, first at {first_failure} and last at " +
      "{last_failure}. Your money was safe all the time.",
    whatWeDid({ isOver, isByVersion }),
    isOver ? `What you need do: nothing. ${still_out}` : `What you need do: nothing for now. ${still_out}`,
    "You should be able to rely on us, and that day you couldn’t. We apologise.",
    "We call this {incident}; say so if you write to us.",
  ];
  const subject = isOver
    ? `You couldn’t ${what} on {date}. We’ve put it right.`
    : `You couldn’t ${what} on {date}. We’re putting it right.`;
  return { subject, text: paragraphs.join("\n\n") };
}

/** The line in the app of whom an open incident concerns: what is wrong, and what to do. */
export function bannerOf(incident: Pick<IncidentRecord, "scope" | "state" | "takenBackAt">): {
  readonly title: string;
  readonly text: string;
} {
  const { scope, state, takenBackAt } = incident;
  const what = listed(scope.components.map((component) => couldnt[component])) || couldnt["log-in"];
  const isPutRight = takenBackAt !== null || scope.until !== null || state === "monitoring";
  return isPutRight
    ? {
        title: `You couldn’t ${what}. That’s put right.`,
        text:
          "It was our mistake, and your money was safe all the time. You needn’t do anything. " +
          "If it still doesn’t work, write to us under Help.",
      }
    : {
        title: `You couldn’t ${what}. We’re putting it right.`,
        text:
          "It is our mistake, and your money is safe. Try again in a few minutes; " +
          "if it’s urgent, write to us under Help.",
      };
}
