import { classNames } from "@mainstay/ui";
import type { Review } from "@mainstay/wire";
import { Check, FileDown, History, Lock, LockKeyhole, Printer } from "lucide-react";
import { Badge } from "../../parts/badge.tsx";
import { Button } from "../../parts/button.tsx";
import { isToday, Time, useNow } from "../../parts/time.tsx";
import { missingText } from "./review-words.ts";

const link_look = classNames(
  "inline-flex h-8 items-center gap-2 rounded-control border border-line2 bg-surface px-3 font-semibold",
  "whitespace-nowrap hover:bg-hover",
);

/** Who edited last, or closed it, in a sentence. */
function Edited({ review }: { readonly review: Review }) {
  const now = useNow(60_000);
  const { closedAt, closedBy, editedAt, editedBy } = review;
  if (closedAt !== null) {
    return (
      <>
        Closed by {closedBy?.name} <Time at={closedAt} form="weekday" />. It stays as it is.
      </>
    );
  }
  return (
    <>
      Built from the record
      {editedAt !== null && (
        <>
          , last edited by {editedBy?.name ?? "nobody known"}{" "}
          <Time at={editedAt} form={isToday(editedAt, now) ? "clock" : "weekday"} />
        </>
      )}
      . Figures refresh until it is closed.
    </>
  );
}

/** The review's head: its draft, who edited last, its files; and closing it, or what is missing. */
export function ReviewHead({ review, mayWrite, onVersions, onClose }: ReviewHeadProps) {
  const missing = missingText(review.conditions);
  const isClosed = review.closedAt !== null;
  const file = `/api/incidents/${review.incident}/review`;
  return (
    <div className="mb-3 flex shrink-0 items-center gap-4">
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <h1 className="text-page whitespace-nowrap">
            <span className="money pr-1.5 text-[16px] font-medium tracking-normal text-ink-soft">
              {review.number}
            </span>{" "}
            Review
          </h1>
          {isClosed ? (
            <Badge tone="good" icon={Check}>
              Closed
            </Badge>
          ) : (
            <Badge tone="lamp" hasDot>
              Draft {review.draft}
            </Badge>
          )}
          <span className="hidden truncate text-ink-soft min-[1400px]:inline" title={review.title}>
            {review.title}
          </span>
        </div>
        <p className="mt-1 truncate text-small text-ink-soft">
          <Edited review={review} />
        </p>
      </div>
      <div className="flex shrink-0 gap-2">
        <a href={`${file}.pdf`} target="_blank" rel="noreferrer" className={link_look}>
          <Printer size={15} strokeWidth={1.9} aria-hidden /> PDF
        </a>
        <a href={`${file}.md`} download={`${review.number}-review.md`} className={link_look}>
          <FileDown size={15} strokeWidth={1.9} aria-hidden /> Markdown
        </a>
        <Button keys="h" icon={<History size={15} strokeWidth={1.9} aria-hidden />} onClick={onVersions}>
          Versions
        </Button>
        {!isClosed && mayWrite && missing === null && (
          <Button
            look="primary"
            icon={<LockKeyhole size={15} strokeWidth={1.9} aria-hidden />}
            onClick={onClose}
          >
            Close the review
          </Button>
        )}
        {!isClosed && missing !== null && (
          <span
            className={classNames(
              "inline-flex h-8 items-center gap-2 rounded-control border border-dashed border-line2 px-3",
              "font-semibold whitespace-nowrap text-ink-soft",
            )}
          >
            <Lock size={14} strokeWidth={1.9} aria-hidden />
            Close: {missing}
          </span>
        )}
      </div>
    </div>
  );
}

type ReviewHeadProps = {
  readonly review: Review;
  readonly mayWrite: boolean;
  readonly onVersions: () => void;
  readonly onClose: () => void;
};
