import type { ChannelState, Message, MessageChannel, MessagePlaceholder } from "@mainstay/wire";
import { Bell, Check, Inbox, Mail, type LucideIcon } from "lucide-react";
import type { StateBadge } from "../releases/words.ts";

/** What everybody affected has of their own; typed as `{name}`. The last says what it stands for. */
const placeholder_texts: Readonly<Record<MessagePlaceholder, string>> = {
  first_name: "the customer’s first name",
  first_failure: "when it first failed for them",
  last_failure: "when it failed last",
  back_in: "when they were back in",
  out_for: "how long they were out",
  tries: "how often they tried",
  date: "the day",
  rolled_back_at: "when the version was taken back",
  incident: "the incident’s number",
};

/** Every placeholder there is. (As values they would bring the validator into the page.) */
export const all_placeholders = Object.keys(placeholder_texts) as readonly MessagePlaceholder[];

/** What a placeholder stands for. */
export function placeholderText(name: MessagePlaceholder): string {
  return placeholder_texts[name];
}

/** A piece of a message: words, or the name of what is filled in for each customer. */
export type Piece = { readonly kind: "words" | "placeholder"; readonly text: string };

/** A message in pieces: `Hello {first_name},` is words, a placeholder, words. */
export function piecesOf(text: string): readonly Piece[] {
  return text
    .split(/(\{[a-z_]{1,40}\})/)
    .filter((part) => part !== "")
    .map((part) =>
      /^\{[a-z_]+\}$/.test(part)
        ? { kind: "placeholder", text: part.slice(1, -1) }
        : { kind: "words", text: part },
    );
}

/** Whether a placeholder is one that can be filled in. */
export function isKnownPlaceholder(name: string): boolean {
  return name in placeholder_texts;
}

/** How a chip writes a placeholder: `first_failure` is "first failure". */
export function placeholderName(name: string): string {
  return name.replaceAll("_", " ");
}

/** The placeholders of some texts that nobody can fill in, each once. */
export function unknownPlaceholders(...texts: readonly string[]): readonly string[] {
  const names = texts
    .flatMap(piecesOf)
    .filter(({ kind, text }) => kind === "placeholder" && !isKnownPlaceholder(text))
    .map(({ text }) => text);
  return [...new Set(names)];
}

/**
 * What a customer reads: the name, which control never knows, put in by the page that may see it, word for
 * word.
 */
export function withFirstName(text: string, name: string | undefined): string {
  return name === undefined ? text : text.replaceAll("{first_name}", () => name);
}

export const channel_looks: Readonly<Record<MessageChannel, { name: string; icon: LucideIcon }>> = {
  inbox: { name: "Inbox", icon: Inbox },
  email: { name: "E-mail", icon: Mail },
  push: { name: "Push", icon: Bell },
};

/** Every way to a customer, in the order of every table. */
export const all_channels = Object.keys(channel_looks) as readonly MessageChannel[];

const message_badges: Readonly<Record<Message["state"], StateBadge>> = {
  draft: { tone: "plain", text: "Draft" },
  waiting: { tone: "lamp", text: "Waits for a second person", hasDot: true },
  sending: { tone: "good", text: "Sent", icon: Check },
  ended: { tone: "good", text: "Sent", icon: Check },
  discarded: { tone: "plain", text: "Discarded" },
};

/** How a message stands, as a badge. */
export function messageBadge(state: Message["state"]): StateBadge {
  return message_badges[state];
}

/** Whether a message was signed by two and goes out, or went. */
export function isSent({ state }: Pick<Message, "state">): boolean {
  return state === "sending" || state === "ended";
}

/** Whom it would reach, in a few words: "29 now, 2 later". */
export function reachText({ recipients }: Pick<Message, "recipients">): string {
  const { now, later } = recipients;
  return later === 0 ? `${now} now` : `${now} now, ${later} later`;
}

const channel_states: Readonly<Record<ChannelState, { text: string; tone: StateBadge["tone"] }>> = {
  waiting: { text: "on its way", tone: "plain" },
  sent: { text: "sent", tone: "good" },
  read: { text: "read", tone: "good" },
  bounced: { text: "came back", tone: "danger" },
  failed: { text: "failed", tone: "danger" },
  uncertain: { text: "being cleared up", tone: "lamp" },
  none: { text: "has none", tone: "outline" },
};

/** How one channel of one delivery stands. */
export function channelState(state: ChannelState): {
  readonly text: string;
  readonly tone: StateBadge["tone"];
} {
  return channel_states[state];
}

/** One channel's counts, put together for a bar: who has it, who is to come, where it went wrong. */
export type ChannelProgress = {
  readonly channel: MessageChannel;
  readonly reached: number;
  readonly read: number;
  readonly waiting: number;
  readonly wrong: number;
  readonly none: number;
  /** Everybody who has the channel. */
  readonly total: number;
};

/** How far each channel of a message is. */
export function channelProgress({
  channels,
  deliveries,
}: Pick<Message, "channels" | "deliveries">): readonly ChannelProgress[] {
  return all_channels
    .filter((channel) => channels.includes(channel))
    .map((channel) => {
      const count = (...states: readonly ChannelState[]) =>
        deliveries
          .filter((row) => row.channel === channel && states.includes(row.state))
          .reduce((sum, row) => sum + row.count, 0);
      const reached = count("sent", "read");
      const waiting = count("waiting", "uncertain");
      const wrong = count("bounced", "failed");
      return {
        ...{ channel, reached, waiting, wrong },
        read: count("read"),
        none: count("none"),
        total: reached + waiting + wrong,
      };
    });
}

/** A line of what is signed: what it names, and what it says of it. */
export type SignedLine = { readonly name: string; readonly said: string };

function unquoted(text: string): string {
  try {
    const said: unknown = JSON.parse(text);
    return typeof said === "string" ? said : text;
  } catch {
    return text;
  }
}

/**
 * What is signed, line by line: `to: 3 people now`. Words that people wrote stand there as one quoted line,
 * so that nobody can write a line of their own; here they are read as they were written.
 */
export function signedLines(text: string): readonly SignedLine[] {
  return text.split("\n").map((line) => {
    const at = line.indexOf(": ");
    return at < 0
      ? { name: line, said: "" }
      : { name: line.slice(0, at), said: unquoted(line.slice(at + 2)) };
  });
}
