import { Trans } from "@lingui/react/macro";
import { buttonClass, classNames, Icon } from "@mainstay/ui";
import type { Inbox } from "@mainstay/wire";
import { Link } from "@tanstack/react-router";
import { TriangleAlert } from "lucide-react";
import { serverNow } from "../../browser.ts";
import { agoText } from "../../text/dates.ts";

/** What concerns this customer now, each with what to do: what we wrote about it, where we did. */
export function IncidentBanners({ inbox }: { readonly inbox: Inbox }) {
  return inbox.banners.map((banner) => {
    const updated = agoText(banner.updatedAt, serverNow());
    const thread = inbox.threads.find((known) => known.incident === banner.incident);
    return (
      <section key={banner.incident} className="mt-3 flex gap-3 rounded-card bg-lamp-tint p-4 text-body">
        <Icon of={TriangleAlert} className="text-lamp-ink" />
        <div className="min-w-0 flex-1">
          <h2 className="text-row font-semibold text-lamp-ink">{banner.title}</h2>
          <p className="mt-0.5 text-body">{banner.text}</p>
          <div className="mt-3 flex flex-wrap items-center justify-between gap-3">
            {thread !== undefined && (
              <Link
                to="/help/messages/$threadId"
                params={{ threadId: thread.id }}
                className={classNames(buttonClass("quiet", "small"), "bg-surface")}
              >
                <Trans>Read our message</Trans>
              </Link>
            )}
            <span className="money text-lamp-ink">
              <Trans>Updated {updated}</Trans>
            </span>
          </div>
        </div>
      </section>
    );
  });
}
