import { classNames } from "@mainstay/ui";
import type { Message } from "@mainstay/wire";
import { countText } from "../../parts/numbers.ts";
import { Time } from "../../parts/time.tsx";
import { firstName } from "../incidents/words.ts";
import { channel_looks, channelProgress, type ChannelProgress } from "./message-words.ts";

const share = (part: number, whole: number) => `${whole === 0 ? 0 : (part / whole) * 100}%`;

function progressText({ reached, read, waiting, wrong, none, total }: ChannelProgress): string {
  return [
    `${countText(reached)} of ${countText(total)}`,
    ...(read > 0 ? [`${countText(read)} read`] : []),
    ...(waiting > 0 ? [`${countText(waiting)} on their way`] : []),
    ...(wrong > 0 ? [`${countText(wrong)} came back or failed`] : []),
    ...(none > 0 ? [`${countText(none)} have none`] : []),
  ].join(", ");
}

/** One channel as a bar: who has it in harbour, where it went wrong in red, the rest of the way as track. */
function Channel({ progress }: { readonly progress: ChannelProgress }) {
  const { icon: Glyph, name } = channel_looks[progress.channel];
  return (
    <li className="grid grid-cols-[72px_1fr] items-center gap-x-2">
      <span className="flex items-center gap-1.5 text-small">
        <Glyph size={14} strokeWidth={1.9} aria-hidden /> {name}
      </span>
      <span aria-hidden className="flex h-1.5 overflow-hidden rounded-full bg-track">
        <span className="bg-harbour" style={{ width: share(progress.reached, progress.total) }} />
        <span className="bg-danger" style={{ width: share(progress.wrong, progress.total) }} />
      </span>
      <span className="money col-start-2 text-small text-ink-soft">{progressText(progress)}</span>
    </li>
  );
}

/** How far a message is on each of its ways, and who signed it; leads to the single deliveries. */
export function MessageProgress({ message, onDeliveries }: MessageProgressProps) {
  const { sentAt, first, second } = message;
  return (
    <div
      className={classNames(
        "flex shrink-0 flex-col gap-2 rounded-control border border-line bg-table-head px-3",
        "py-2.5",
      )}
    >
      <div className="flex items-baseline justify-between gap-2 text-small">
        <span className="min-w-0 text-ink-soft">
          {sentAt === null ? (
            "Goes out now"
          ) : (
            <>
              Sent <Time at={sentAt} form="second" />
            </>
          )}
          {first !== null &&
            second !== null &&
            `, signed by ${firstName(first.name)} and ${firstName(second.name)}`}
          {message.state === "sending" && ". Who becomes known later gets it too."}
        </span>
        <button
          type="button"
          onClick={onDeliveries}
          className="shrink-0 font-semibold text-harbour hover:underline"
        >
          Deliveries
        </button>
      </div>
      <ul className="flex flex-col gap-1.5" aria-label="Delivered so far">
        {channelProgress(message).map((progress) => (
          <Channel key={progress.channel} progress={progress} />
        ))}
      </ul>
    </div>
  );
}

type MessageProgressProps = { readonly message: Message; readonly onDeliveries: () => void };
