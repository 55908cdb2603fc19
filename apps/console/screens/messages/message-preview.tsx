import { useQuery } from "@tanstack/react-query";
import { classNames, Mark } from "@mainstay/ui";
import { ChevronDown } from "lucide-react";
import { useEffect, useState } from "react";
import { previewQuery, type MessageWords } from "../../api/messages.ts";
import { sentenceOf } from "../../api/request.ts";
import { firstName } from "../incidents/words.ts";
import { MessageText } from "./message-text.tsx";
import { withFirstName } from "./message-words.ts";

/** Typing is left to settle for so long before the preview is asked for again, in milliseconds. */
const settle_ms = 300;

const looks = ["Inbox", "E-mail", "Push"] as const;
type Look = (typeof looks)[number];

function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  const text = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(text) as Value), settle_ms);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function Paper({ look, subject, text, to }: PaperProps) {
  const isPush = look === "Push";
  return (
    <div className="rounded-panel border border-line bg-surface px-3 py-2.5 shadow-card">
      <div className="mb-1.5 flex items-center gap-2 text-small text-ink-soft">
        <Mark size={18} />
        <span className="min-w-0 flex-1 truncate">
          {look === "E-mail" ? "Mainstay <help@mainstay.test>" : "Mainstay"}
        </span>
        now
      </div>
      {look === "E-mail" && (
        <p className="mb-1.5 border-b border-line pb-1.5 text-small text-ink-soft">To {to}</p>
      )}
      <p className={classNames("font-semibold break-words", isPush && "truncate")}>
        <MessageText text={subject} />
      </p>
      <p
        className={classNames(
          "mt-1 text-small leading-[18px] break-words",
          isPush ? "line-clamp-2" : "whitespace-pre-wrap",
        )}
      >
        <MessageText text={text} />
      </p>
    </div>
  );
}

type PaperProps = {
  readonly look: Look;
  readonly subject: string;
  readonly text: string;
  readonly to: string;
};

/** A message as one of its customers would read it, in the inbox, as e-mail or as push. */
export function MessagePreview({ id, customer, name, words }: MessagePreviewProps) {
  const [look, setLook] = useState<Look>("Inbox");
  const settled = useSettled(words);
  const { data, error } = useQuery({
    ...previewQuery(id, customer ?? "", settled),
    enabled: customer !== null,
    placeholderData: (before) => before,
  });
  const called = name === undefined ? undefined : firstName(name);
  const shown = data ?? words;
  const who = called ?? (customer === null ? "a customer" : "they");
  return (
    <div
      role="region"
      aria-label="Preview"
      tabIndex={0}
      className={classNames(
        "flex min-h-0 flex-col gap-2 overflow-y-auto border-l border-line bg-table-head px-3 py-2.5",
        "outline-offset-[-2px]",
      )}
    >
      <div className="flex items-center justify-between gap-2 text-small">
        <span className="truncate text-ink-soft">
          As {who} {called === undefined && customer !== null ? "see" : "sees"} it
        </span>
        <span className="relative inline-flex items-center">
          <select
            aria-label="Preview as"
            value={look}
            onChange={(event) => setLook(looks.find((name) => name === event.target.value) ?? "Inbox")}
            className="appearance-none rounded-badge bg-transparent pr-5 text-right font-semibold text-ink"
          >
            {looks.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <ChevronDown
            size={14}
            strokeWidth={1.9}
            aria-hidden
            className="pointer-events-none absolute right-0"
          />
        </span>
      </div>
      <Paper
        look={look}
        subject={withFirstName(shown.subject, called)}
        text={withFirstName(shown.text, called)}
        to={name ?? "the customer’s address"}
      />
      {error !== null && <p className="text-small text-danger">{sentenceOf(error)}</p>}
      {customer === null && (
        <p className="text-small text-ink-soft">Nobody affected is known yet, so nothing is filled in.</p>
      )}
    </div>
  );
}

type MessagePreviewProps = {
  readonly id: string;
  /** Whose own times are filled in; null while nobody is known. */
  readonly customer: string | null;
  /** Their name, for those who may see it. */
  readonly name: string | undefined;
  readonly words: MessageWords;
};
