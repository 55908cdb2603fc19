import { useMutation, useQueryClient } from "@tanstack/react-query";
import { classNames } from "@mainstay/ui";
import type { Message, MessageChannel } from "@mainstay/wire";
import { useRef, useState, type KeyboardEvent } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { editMessage, type MessageWords } from "../../api/messages.ts";
import { RequestError, sentenceOf } from "../../api/request.ts";
import { Button } from "../../parts/button.tsx";
import { ChangedMeanwhile } from "../../parts/changed-meanwhile.tsx";
import { Trouble } from "../../parts/field.tsx";
import { useFocus } from "../../parts/use-focus.ts";
import { MessagePreview } from "./message-preview.tsx";
import {
  all_channels,
  all_placeholders,
  channel_looks,
  placeholderName,
  placeholderText,
  unknownPlaceholders,
} from "./message-words.ts";

const subject_length = { min: 3, max: 140 };
const text_length = { min: 10, max: 4_000 };
const box = classNames(
  "w-full rounded-control border border-field bg-surface px-2.5 text-dense text-ink outline-offset-0",
  "focus-visible:outline-2 focus-visible:outline-harbour",
);

function Channels({ chosen, onChange }: ChannelsProps) {
  return (
    <fieldset className="flex items-center gap-3">
      <legend className="sr-only">Sent by</legend>
      {all_channels.map((channel) => (
        <label key={channel} className="flex items-center gap-1.5 text-small">
          <input
            type="checkbox"
            className="size-3.5 accent-harbour"
            checked={chosen.includes(channel)}
            onChange={(event) =>
              onChange(
                all_channels.filter((other) =>
                  other === channel ? event.target.checked : chosen.includes(other),
                ),
              )
            }
          />
          {channel_looks[channel].name}
        </label>
      ))}
    </fieldset>
  );
}

type ChannelsProps = {
  readonly chosen: readonly MessageChannel[];
  readonly onChange: (channels: readonly MessageChannel[]) => void;
};

/** What can be filled in for each customer, as chips that put it where one writes. */
function Placeholders({ onInsert }: { readonly onInsert: (placeholder: string) => void }) {
  return (
    <div className="flex shrink-0 flex-wrap gap-1" role="group" aria-label="Filled in for each customer">
      {all_placeholders.map((placeholder) => (
        <button
          key={placeholder}
          type="button"
          title={placeholderText(placeholder)}
          onClick={() => onInsert(placeholder)}
          className={classNames(
            "rounded-badge bg-harbour-tint px-1.5 py-0.5 text-small font-medium text-harbour-tint-ink",
            "hover:outline hover:outline-harbour",
          )}
        >
          {placeholderName(placeholder)}
        </button>
      ))}
    </div>
  );
}

function Foot({ channels, trouble, isBusy, onChannels, onLeave, onSave }: FootProps) {
  return (
    <div className="flex shrink-0 flex-wrap items-center justify-end gap-2">
      <div className="basis-full">
        <Channels chosen={channels} onChange={onChannels} />
      </div>
      <span className="min-w-0 flex-1 text-small text-danger">{trouble}</span>
      <Button onClick={onLeave}>Leave</Button>
      <Button look="tint" keys="mod+Enter" disabled={trouble !== null} busy={isBusy} onClick={onSave}>
        Save
      </Button>
    </div>
  );
}

type FootProps = {
  readonly channels: readonly MessageChannel[];
  /** What keeps it from being saved; null where nothing does. */
  readonly trouble: string | null;
  readonly isBusy: boolean;
  readonly onChannels: (channels: readonly MessageChannel[]) => void;
  readonly onLeave: () => void;
  readonly onSave: () => void;
};

/** What keeps the words from being saved, in a sentence; null where nothing does. */
function troubleOf({ subject, text }: MessageWords, channels: readonly MessageChannel[]): string | null {
  const unknown = unknownPlaceholders(subject, text);
  if (unknown.length > 0) return `Nobody can fill in ${unknown.map((name) => `{${name}}`).join(", ")}.`;
  if (subject.trim().length < subject_length.min) return "It needs a subject.";
  if (text.trim().length < text_length.min) return "It needs a text.";
  if (channels.length === 0) return "Choose at least one way to send it.";
  return null;
}

/** Saves a draft; where somebody else saved since it was opened, what they wrote and this are both kept. */
function useSave(
  message: Message,
  draft: number,
  written: MessageWords,
  channels: readonly MessageChannel[],
  onDone: () => void,
) {
  const client = useQueryClient();
  const commandId = useCommandId(message.id, draft, written.subject, written.text, channels.join());
  return useMutation({
    mutationFn: () => editMessage(message.id, { commandId, draft, ...written, channels }),
    onSuccess: onDone,
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "customer-names" }),
  });
}

/** Writing a message: subject, text, what is filled in for each customer, and the ways it goes. */
export function MessageEdit({ message, customer, name, onDone }: MessageEditProps) {
  const [words, setWords] = useState<MessageWords>({ subject: message.subject, text: message.text });
  const [channels, setChannels] = useState<readonly MessageChannel[]>(message.channels);
  const [draft, setDraft] = useState(message.draft);
  const subject = useFocus<HTMLInputElement>();
  const area = useRef<HTMLTextAreaElement>(null);
  const saving = useSave(message, draft, words, channels, onDone);
  const isChanged = saving.error instanceof RequestError && saving.error.code === "message_changed";
  const trouble = troubleOf(words, channels);
  const insert = (placeholder: string) => {
    const { selectionStart: from = words.text.length, selectionEnd: until = from } = area.current ?? {};
    setWords({ ...words, text: `${words.text.slice(0, from)}{${placeholder}}${words.text.slice(until)}` });
    area.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onDone();
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    event.stopPropagation();
    if (trouble === null && !saving.isPending) saving.mutate();
  };
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,349fr)_minmax(0,222fr)]">
      <div className="flex min-h-0 flex-col gap-2 px-4 py-3">
        <input
          aria-label="Subject"
          ref={subject}
          onKeyDown={onKeyDown}
          maxLength={subject_length.max}
          value={words.subject}
          onChange={(event) => setWords({ ...words, subject: event.target.value })}
          className={classNames(box, "h-9 shrink-0 font-semibold")}
        />
        <textarea
          ref={area}
          onKeyDown={onKeyDown}
          aria-label="Text"
          maxLength={text_length.max}
          value={words.text}
          onChange={(event) => setWords({ ...words, text: event.target.value })}
          className={classNames(box, "min-h-[72px] flex-1 resize-none py-1.5")}
        />
        <Placeholders onInsert={insert} />
        <Trouble>{saving.isError && !isChanged ? sentenceOf(saving.error) : null}</Trouble>
        {isChanged && (
          <ChangedMeanwhile
            by={message.editedBy?.name}
            onTake={() => {
              setWords({ subject: message.subject, text: message.text });
              setDraft(message.draft);
              saving.reset();
            }}
            onKeep={() => {
              setDraft(message.draft);
              saving.reset();
            }}
          />
        )}
        <Foot
          {...{ channels, trouble }}
          isBusy={saving.isPending}
          onChannels={setChannels}
          onLeave={onDone}
          onSave={() => saving.mutate()}
        />
      </div>
      <MessagePreview id={message.id} customer={customer} name={name} words={words} />
    </div>
  );
}

type MessageEditProps = {
  readonly message: Message;
  readonly customer: string | null;
  readonly name: string | undefined;
  readonly onDone: () => void;
};
