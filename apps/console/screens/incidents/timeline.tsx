import { useMutation, useQueryClient } from "@tanstack/react-query";
import { classNames } from "@mainstay/ui";
import type { Incident, TimelineEntry } from "@mainstay/wire";
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { useCommandId } from "../../api/command-id.ts";
import { addNote } from "../../api/incidents.ts";
import { sentenceOf } from "../../api/request.ts";
import { Card } from "../../parts/card.tsx";
import { Trouble } from "../../parts/field.tsx";
import { Keys } from "../../parts/keys.tsx";
import { countText } from "../../parts/numbers.ts";
import { Time } from "../../parts/time.tsx";
import { Nothing } from "../page.tsx";
import { entryLook } from "./timeline-words.ts";
import { firstName, isOpenIncident } from "./words.ts";

const tones = {
  plain: "bg-well text-ink-soft",
  danger: "bg-danger-tint text-danger",
  info: "bg-info-tint text-info",
  lamp: "bg-lamp-tint text-lamp-ink",
  good: "bg-good-tint text-good",
} as const;

function Entry({ entry, onCause }: { readonly entry: TimelineEntry; readonly onCause: () => void }) {
  const { icon: Glyph, tone } = entryLook(entry.kind);
  const isNote = entry.kind === "note";
  const title = isNote && entry.actor !== null ? firstName(entry.actor.name) : entry.title;
  const note = isNote ? (entry.detail ?? entry.title) : null;
  return (
    <li className="relative flex gap-2.5 pb-2.5 last:pb-0">
      <span
        aria-hidden
        className="absolute top-6 bottom-0 left-[11.5px] w-px bg-line2 in-[li:last-child]:hidden"
      />
      <span
        aria-hidden
        className={classNames(
          "relative flex size-6 shrink-0 items-center justify-center rounded-full",
          tones[tone],
        )}
      >
        <Glyph size={13} strokeWidth={2} />
      </span>
      <div className="min-w-0 flex-1 pt-0.5">
        <div className="flex items-baseline justify-between gap-2">
          <span className="money min-w-0 font-semibold break-words">
            {entry.kind === "cause" ? (
              <button
                type="button"
                onClick={onCause}
                className="border-b border-line2 text-left hover:border-current"
              >
                {title}
              </button>
            ) : (
              title
            )}
          </span>
          <span className="shrink-0 text-small text-ink-soft">
            <Time at={entry.at} form="second" />
          </span>
        </div>
        {!isNote && entry.detail !== null && (
          <p className="money text-small break-words text-ink-soft">{entry.detail}</p>
        )}
        {note !== null && (
          <p
            className={classNames(
              "mt-1 rounded-control border border-line bg-table-head px-2.5 py-1.5 text-small",
              "break-words whitespace-pre-wrap",
            )}
          >
            {note}
          </p>
        )}
      </div>
    </li>
  );
}

/** How many are back: the line that is always the last one while an incident runs. */
function Now({ incident }: { readonly incident: Incident }) {
  const { people, backIn } = incident.impact;
  if (people === 0 || !isOpenIncident(incident)) return null;
  const isDone = backIn === people;
  return (
    <div className="flex items-baseline gap-2.5 pt-2.5">
      <span aria-hidden className="flex w-6 shrink-0 justify-center self-center">
        <span className={classNames("size-2 rounded-full", isDone ? "bg-good" : "bg-lamp")} />
      </span>
      <span className="money min-w-0 flex-1 font-semibold">
        {countText(backIn)} of {countText(people)} {people === 1 ? "is" : "are"} back in
      </span>
      <span className="text-small text-ink-soft">now</span>
    </div>
  );
}

/** Keeps a list at its end, unless somebody has scrolled up to read. */
function useStayAtEnd(length: number): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const onScroll = () => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => element.removeEventListener("scroll", onScroll);
  }, []);
  useLayoutEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [length]);
  return box;
}

/** What happened, from the record, and what people noted between: oldest first, and a place for a note. */
export function IncidentTimeline({ incident, noteRef, mayChange, onCause }: IncidentTimelineProps) {
  const { timeline } = incident;
  const box = useStayAtEnd(timeline.length);
  return (
    <Card title="Timeline" aside="writes itself" className="min-h-0">
      <div
        ref={box}
        role="region"
        aria-label="Timeline"
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto px-4 py-3.5 outline-offset-[-2px]"
      >
        {timeline.length === 0 && (
          <Nothing title="Nothing yet">What happens from here on is written down by itself.</Nothing>
        )}
        <ol>
          {timeline.map((entry, index) => (
            <Entry key={`${entry.at} ${entry.kind} ${index}`} entry={entry} onCause={onCause} />
          ))}
        </ol>
        <Now incident={incident} />
      </div>
      {mayChange && <NoteBox id={incident.id} noteRef={noteRef} />}
    </Card>
  );
}

type IncidentTimelineProps = {
  readonly incident: Incident;
  readonly noteRef: RefObject<HTMLTextAreaElement | null>;
  readonly mayChange: boolean;
  readonly onCause: () => void;
};

/** A line for a note: Enter writes it down, ⇧ Enter goes on in the next line. */
function NoteBox({ id, noteRef }: NoteBoxProps) {
  const [text, setText] = useState("");
  const client = useQueryClient();
  const commandId = useCommandId(id, text.trim());
  const sending = useMutation({
    mutationFn: () => addNote(id, { commandId, text: text.trim() }),
    onSuccess: () => setText(""),
    onSettled: () => client.invalidateQueries({ queryKey: ["incidents", id] }),
  });
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Escape") event.currentTarget.blur();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (text.trim() !== "" && !sending.isPending) sending.mutate();
  };
  return (
    <div className="flex shrink-0 flex-col gap-2 border-t border-line p-3">
      <Trouble>{sending.isError ? sentenceOf(sending.error) : null}</Trouble>
      <div className="relative">
        <textarea
          ref={noteRef}
          aria-label="Add a note"
          placeholder="Add a note"
          rows={1}
          maxLength={2_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          className={classNames(
            "block field-sizing-content max-h-24 w-full resize-none rounded-control border border-field",
            "bg-surface py-1.5 pr-9 pl-2.5 text-dense outline-offset-0 placeholder:text-ink-soft",
            "focus-visible:outline-2 focus-visible:outline-harbour",
          )}
        />
        <span className="pointer-events-none absolute top-1.5 right-2">
          <Keys of={text === "" ? "t" : "Enter"} />
        </span>
      </div>
    </div>
  );
}

type NoteBoxProps = { readonly id: string; readonly noteRef: RefObject<HTMLTextAreaElement | null> };
