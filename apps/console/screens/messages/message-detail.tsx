import { Link } from "@tanstack/react-router";
import { classNames } from "@mainstay/ui";
import type { Message } from "@mainstay/wire";
import { Fingerprint } from "lucide-react";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { peopleText } from "../../parts/numbers.ts";
import { PersonSign } from "../../parts/person-sign.tsx";
import { Time } from "../../parts/time.tsx";
import { State } from "../releases/state.tsx";
import type { ComposerAction } from "./composer.tsx";
import { MessageProgress } from "./message-progress.tsx";
import { MessageText } from "./message-text.tsx";
import { channel_looks, isSent, messageBadge, reachText } from "./message-words.ts";

function Signature({ who, of }: { readonly who: string; readonly of: Message["first"] }) {
  return (
    <li className="flex items-center gap-2">
      {of === null ? (
        <span
          aria-hidden
          className={classNames(
            "flex size-5 items-center justify-center rounded-full border border-dashed",
            "border-field text-[9px] text-ink-soft",
          )}
        >
          ?
        </span>
      ) : (
        <PersonSign name={of.name} />
      )}
      <span className={of === null ? "text-ink-soft" : "font-semibold"}>{of?.name ?? who}</span>
      {of !== null && (
        <span className="ml-auto flex items-center gap-1.5 text-small text-ink-soft">
          <Fingerprint size={14} strokeWidth={1.9} role="img" aria-label="signed with a passkey" />
          <Time at={of.signedAt} form="weekday" />
        </span>
      )}
    </li>
  );
}

/** One message whole: what it says, who signed, and how far it is; or the buttons of the second person. */
export function MessageDetail({ message, mayChange, onAction }: MessageDetailProps) {
  const isWaiting = message.state === "waiting";
  return (
    <Card title="Message" aside={<State of={messageBadge(message.state)} />} className="shrink-0">
      <div className="flex flex-col gap-3 px-4 py-3">
        <div
          role="region"
          aria-label="Text of the message"
          tabIndex={0}
          className="max-h-[300px] overflow-y-auto rounded-control border border-line bg-table-head px-3 py-2"
        >
          <p className="font-semibold break-words">
            <MessageText text={message.subject} />
          </p>
          <p className="mt-1 text-small leading-[18px] break-words whitespace-pre-wrap">
            <MessageText text={message.text} />
          </p>
        </div>
        <p className="text-small text-ink-soft">
          To {peopleText(message.recipients.now + message.recipients.later)} ({reachText(message)}), by{" "}
          {message.channels.map((channel) => channel_looks[channel].name.toLowerCase()).join(", ")}.{" "}
          {message.incident !== null && (
            <Link
              to="/incidents/$id"
              params={{ id: message.incident }}
              className="font-semibold text-harbour hover:underline"
            >
              The incident
            </Link>
          )}
        </p>
        <ul className="flex flex-col gap-2">
          <Signature who="Nobody has signed yet" of={message.first} />
          {message.first !== null && <Signature who="A second person" of={message.second} />}
        </ul>
        {isSent(message) && <MessageProgress message={message} onDeliveries={() => onAction("deliveries")} />}
        {isWaiting && mayChange && (
          <div className="grid grid-cols-[2fr_3fr] gap-2">
            <Button onClick={() => onAction("decline")}>Decline</Button>
            <Button
              look="primary"
              disabled={!message.canSign}
              icon={<Fingerprint size={15} strokeWidth={1.9} aria-hidden />}
              onClick={() => onAction("sign")}
            >
              Sign as second
            </Button>
          </div>
        )}
        {isWaiting && mayChange && !message.canSign && message.whyNot !== null && (
          <p className="text-small text-ink-soft">{message.whyNot}</p>
        )}
      </div>
    </Card>
  );
}

type MessageDetailProps = {
  readonly message: Message;
  readonly mayChange: boolean;
  readonly onAction: (action: ComposerAction) => void;
};
