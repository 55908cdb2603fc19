import { classNames } from "@mainstay/ui";
import type { Review } from "@mainstay/wire";
import { Check } from "lucide-react";
import { isSectionDone, sections } from "./review-words.ts";

/** The document's sections: where one is, and which are as they should be. */
export function ReviewSections({ review, at, onGo }: ReviewSectionsProps) {
  return (
    <nav aria-label="In this document" className="min-h-0 overflow-y-auto">
      <p className="px-2.5 py-2 text-small text-ink-soft">In this document</p>
      <ul className="flex flex-col">
        {sections.map(({ id, name }) => (
          <li key={id}>
            <button
              type="button"
              aria-current={id === at ? "location" : undefined}
              onClick={() => onGo(id)}
              className={classNames(
                "flex h-[30px] w-full items-center justify-between gap-2 rounded-control border px-2.5",
                "text-left font-medium",
                id === at ? "border-line bg-surface" : "border-transparent text-ink-soft hover:text-ink",
              )}
            >
              <span className="truncate">{name}</span>
              {isSectionDone(review, id) ? (
                <Check
                  size={14}
                  strokeWidth={2}
                  role="img"
                  aria-label="done"
                  className="shrink-0 text-good"
                />
              ) : (
                <span role="img" aria-label="to do" className="mr-1 size-1.5 shrink-0 rounded-full bg-lamp" />
              )}
            </button>
          </li>
        ))}
      </ul>
      <p className="mt-3 border-t border-line px-2.5 pt-3 text-small text-ink-soft">
        Blue words come from the record and can’t be edited. Follow one to its rows.
      </p>
    </nav>
  );
}

type ReviewSectionsProps = {
  readonly review: Review;
  readonly at: string;
  readonly onGo: (section: string) => void;
};
