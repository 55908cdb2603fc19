import { Trans, useLingui } from "@lingui/react/macro";
import { Banner } from "@mainstay/ui";
import { CloudOff } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { serverNow } from "../../browser.ts";
import { readLastHome, type LastHome } from "../../shell/last-home.ts";
import { dateText, dayDistance, timeText } from "../../text/dates.ts";
import { FeedDays } from "./feed.tsx";
import { Hero } from "./hero.tsx";

/**
 * What home showed last, marked with its time, while the bank can't be reached; or what stands where nothing
 * was kept.
 */
export function LastHomeView({ otherwise }: { readonly otherwise: ReactNode }) {
  const [last, setLast] = useState<LastHome | null | "reading">("reading");
  useEffect(() => {
    void readLastHome().then(setLast);
  }, []);
  if (last === "reading") return null;
  if (last === null) return otherwise;
  return (
    <>
      <Hero account={last.account} />
      <div className="pt-3">
        <Banner
          tone="lamp"
          icon={CloudOff}
          role="status"
          title={
            <Trans>
              As it was <When iso={last.savedAt} />
            </Trans>
          }
        >
          <Trans>
            We can’t reach your account just now. It comes up to date by itself; payments wait until then.
          </Trans>
        </Banner>
      </div>
      <FeedDays lines={last.transactions} isComplete={false} />
    </>
  );
}

/** "at 09:41", "yesterday at 09:41" or "on 18 November at 09:41". */
export function When({ iso }: { readonly iso: string }) {
  const { t } = useLingui();
  const now = serverNow();
  const time = timeText(iso);
  const day = dayDistance(iso, now);
  if (day === "today") return t`at ${time}`;
  if (day === "yesterday") return t`yesterday at ${time}`;
  const date = dateText(iso, now);
  return t`on ${date} at ${time}`;
}
