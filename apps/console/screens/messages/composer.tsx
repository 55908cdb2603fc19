import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { classNames } from "@mainstay/ui";
import type { Incident, Message } from "@mainstay/wire";
import { Fingerprint, PencilLine, Send, TriangleAlert } from "lucide-react";
import { useCommandId } from "../../api/command-id.ts";
import { draftMessage, incidentMessagesQuery } from "../../api/messages.ts";
import { sentenceOf } from "../../api/request.ts";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { Card } from "../../parts/card.tsx";
import { Trouble } from "../../parts/field.tsx";
import { countText, peopleText } from "../../parts/numbers.ts";
import { timeText } from "../../parts/time.tsx";
import { Nothing, RowsToCome } from "../page.tsx";
import { firstName } from "../incidents/words.ts";
import { State } from "../releases/state.tsx";
import { MessageEdit } from "./message-edit.tsx";
import { MessagePreview } from "./message-preview.tsx";
import { MessageProgress } from "./message-progress.tsx";
import { MessageText } from "./message-text.tsx";
import { channel_looks, isSent, messageBadge, placeholderName, reachText } from "./message-words.ts";

/** What the composer can be asked to do, by its buttons and by the page's keys. */
export type ComposerAction = "sign" | "decline" | "deliveries";

/** Drafts a message to those affected from the record. */
export function useDraft(incident: string, count: number, onDone: () => void) {
  const client = useQueryClient();
  const commandId = useCommandId(incident, "draft", count);
  return useMutation({
    mutationFn: () => draftMessage(incident, commandId),
    onSuccess: onDone,
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "customer-names" }),
  });
}

/** The message that the composer shows: the latest that wasn't thrown away. */
export function currentMessage(messages: readonly Message[]): Message | undefined {
  return messages.find(({ state }) => state !== "discarded");
}

function Unfilled({ message }: { readonly message: Message }) {
  if (message.unfilled.length === 0) return null;
  return (
    <ul className="rounded-control bg-lamp-tint px-2.5 py-1.5 text-small text-lamp-ink">
      {message.unfilled.map(({ name, people }) => (
        <li key={name} className="flex items-center gap-1.5">
          <TriangleAlert size={13} strokeWidth={2} aria-hidden className="shrink-0" />
          <span>
            “{placeholderName(name)}” can’t be filled in for {peopleText(people)} yet.
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Who signed first, and what it waits for. */
function signedText({ first, canSign, whyNot }: Message): string {
  if (first === null) return "Nobody has signed";
  const next = canSign ? "You can sign second." : (whyNot ?? "A second person signs.");
  return `${firstName(first.name)} signed ${timeText(first.signedAt, "clock")}. ${next}`;
}

function Foot({ message, mayChange, onEdit, onAction }: FootProps) {
  const { state, canSign, whyNot } = message;
  if (isSent(message)) return null;
  const isDraft = state === "draft";
  const words = isDraft ? reachText(message) : signedText(message);
  return (
    <div className="flex shrink-0 flex-wrap items-center justify-end gap-2 min-[1400px]:flex-nowrap">
      <span className="money min-w-0 flex-auto text-small text-ink-soft max-[1399px]:basis-full">
        {words}
      </span>
      {mayChange && (
        <>
          {isDraft ? (
            <Button keys="e" onClick={onEdit}>
              Edit
            </Button>
          ) : (
            <Button onClick={() => onAction("decline")}>Decline</Button>
          )}
          <Button
            look="tint"
            keys="mod+Enter"
            disabled={!canSign}
            title={canSign ? undefined : (whyNot ?? undefined)}
            icon={
              isDraft ? (
                <Send size={15} strokeWidth={1.9} aria-hidden />
              ) : (
                <Fingerprint size={15} strokeWidth={1.9} aria-hidden />
              )
            }
            onClick={() => onAction("sign")}
          >
            {isDraft
              ? `Send to ${countText(message.recipients.now + message.recipients.later)}`
              : "Sign as second"}
          </Button>
        </>
      )}
    </div>
  );
}

type FootProps = {
  readonly message: Message;
  readonly mayChange: boolean;
  readonly onEdit: () => void;
  readonly onAction: (action: ComposerAction) => void;
};

/** A message as it stands, with what is filled in as chips, beside what one customer would read. */
function Written({ message, customer, name, mayChange, onEdit, onAction }: WrittenProps) {
  const words = { subject: message.subject, text: message.text };
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,349fr)_minmax(0,222fr)]">
      <div className="flex min-h-0 flex-col gap-2 overflow-y-auto px-4 py-3">
        {isSent(message) && <MessageProgress message={message} onDeliveries={() => onAction("deliveries")} />}
        <p className="shrink-0 rounded-control border border-field px-2.5 py-1.5 font-semibold break-words">
          <MessageText text={message.subject} />
        </p>
        <div
          role="region"
          aria-label="Text of the message"
          tabIndex={0}
          className={classNames(
            "min-h-[60px] flex-1 overflow-y-auto rounded-control border border-field px-2.5 py-1.5",
            "leading-[19px] break-words whitespace-pre-wrap",
          )}
        >
          <MessageText text={message.text} />
        </div>
        {!isSent(message) && <Unfilled message={message} />}
        <Foot {...{ message, mayChange, onEdit, onAction }} />
      </div>
      <MessagePreview id={message.id} customer={customer} name={name} words={words} />
    </div>
  );
}

type WrittenProps = {
  readonly message: Message;
  readonly customer: string | null;
  readonly name: string | undefined;
  readonly mayChange: boolean;
  readonly onEdit: () => void;
  readonly onAction: (action: ComposerAction) => void;
};

function NoMessage({ incident, mayChange, draft }: NoMessageProps) {
  if (incident.impact.people === 0) {
    return (
      <Nothing title="Nobody to write to">Nobody was kept out, so there is no message to write.</Nothing>
    );
  }
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-3 p-6 text-center">
      <p className="max-w-[46ch] text-ink-soft">
        Nobody has been told yet. A draft is written from the record: what happened, what it meant for each of
        them with their own times, and what they need do.
      </p>
      <Trouble>{draft.isError ? sentenceOf(draft.error) : null}</Trouble>
      {mayChange && (
        <Button
          look="tint"
          keys="e"
          busy={draft.isPending}
          icon={<PencilLine size={15} strokeWidth={1.9} aria-hidden />}
          onClick={() => draft.mutate()}
        >
          Draft a message
        </Button>
      )}
    </div>
  );
}

type NoMessageProps = {
  readonly incident: Incident;
  readonly mayChange: boolean;
  readonly draft: ReturnType<typeof useDraft>;
};

/** The message to those affected: drafted, written, signed by two, and how far it is on its way. */
export function Composer(props: ComposerProps) {
  const { incident, customer, name, mayChange, isEditing, onEditing, onAction, draft } = props;
  const query = useQuery(incidentMessagesQuery(incident.id));
  const messages = query.data?.messages ?? [];
  const message = currentMessage(messages);
  const people = message?.recipients ?? null;
  const others = messages.filter(({ id, state }) => id !== message?.id && state !== "discarded").length;
  return (
    <Card
      title={
        <span className="flex items-center gap-2">
          Message to those affected{" "}
          {people !== null && <Badge>{peopleText(people.now + people.later)}</Badge>}
          {message !== undefined && message.state !== "draft" && <State of={messageBadge(message.state)} />}
        </span>
      }
      note={others > 0 ? `and ${others} before it` : undefined}
      aside={
        message !== undefined &&
        !isEditing && (
          <span className="flex items-center gap-3">
            {mayChange && isSent(message) && (
              <button
                type="button"
                className="font-semibold text-harbour hover:underline"
                disabled={draft.isPending}
                onClick={() => draft.mutate()}
              >
                Another
              </button>
            )}
            {!isSent(message) &&
              message.channels.map((channel) => {
                const { icon: Glyph, name: channelName } = channel_looks[channel];
                return (
                  <span key={channel} className="flex items-center gap-1.5">
                    <Glyph size={14} strokeWidth={1.9} aria-hidden /> {channelName}
                  </span>
                );
              })}
          </span>
        )
      }
      className="min-h-0"
    >
      {query.isPending && <RowsToCome rows={4} />}
      {query.isError && <Nothing title="Messages can’t be shown">{sentenceOf(query.error)}</Nothing>}
      {query.isSuccess && message === undefined && <NoMessage {...{ incident, mayChange, draft }} />}
      {message !== undefined && isEditing && message.state === "draft" && (
        <MessageEdit {...{ message, customer, name }} onDone={() => onEditing(false)} />
      )}
      {message !== undefined && !(isEditing && message.state === "draft") && (
        <Written {...{ message, customer, name, mayChange, onAction }} onEdit={() => onEditing(true)} />
      )}
    </Card>
  );
}

type ComposerProps = {
  readonly incident: Incident;
  /** Whose own times the preview fills in. */
  readonly customer: string | null;
  readonly name: string | undefined;
  readonly mayChange: boolean;
  readonly isEditing: boolean;
  readonly onEditing: (isEditing: boolean) => void;
  readonly onAction: (action: ComposerAction) => void;
  readonly draft: ReturnType<typeof useDraft>;
};
