import { useLingui } from "@lingui/react/macro";
import { classNames, Mark, row_press_class } from "@mainstay/ui";
import type { ThreadSummary } from "@mainstay/wire";
import { Link } from "@tanstack/react-router";
import { serverNow } from "../../browser.ts";
import { agoText } from "../../text/dates.ts";

/** The bank, where a face would be. */
export function BankAvatar({ size = 40 }: { readonly size?: 28 | 40 }) {
  return (
    <span aria-hidden className="inline-flex shrink-0 self-start overflow-hidden rounded-full bg-[#0E4A45]">
      <Mark size={size} />
    </span>
  );
}

/** One conversation in a list: what it is about, how it goes on, when, and whether it was read. */
export function ThreadRow({ thread, lines }: { readonly thread: ThreadSummary; readonly lines: 1 | 3 }) {
  const { t } = useLingui();
  const { id, subject, preview, isUnread, updatedAt } = thread;
  return (
    <Link
      to="/help/messages/$threadId"
      params={{ threadId: id }}
      className={classNames(
        "flex w-full items-start gap-3 px-4 py-3.5 text-left first:rounded-t-card last:rounded-b-card",
        row_press_class,
      )}
    >
      <BankAvatar />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline gap-3">
          <span
            className={classNames(
              "min-w-0 flex-1 truncate text-row leading-[1.375rem]",
              isUnread ? "font-semibold" : "font-medium",
            )}
          >
            {subject}
          </span>
          <span className="flex shrink-0 items-center gap-2 text-body text-ink-soft">
            {isUnread && <span aria-hidden className="size-2.5 rounded-full bg-lamp" />}
            {isUnread && <span className="sr-only">{t`Not read yet`}</span>}
            {agoText(updatedAt, serverNow())}
          </span>
        </span>
        <span
          className={classNames(
            "mt-0.5 text-body break-words text-ink-soft",
            lines === 1 ? "line-clamp-1" : "line-clamp-3",
          )}
        >
          {preview}
        </span>
      </span>
    </Link>
  );
}
