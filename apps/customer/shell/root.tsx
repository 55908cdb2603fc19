import { Trans } from "@lingui/react/macro";
import { AmountsHiddenContext, classNames } from "@mainstay/ui";
import { Outlet } from "@tanstack/react-router";
import { focusContent } from "./page-title.ts";
import { useLiveEvents } from "./live.ts";
import { useHideAmounts } from "./preferences.ts";
import { useSession } from "./session.ts";

/** What is round every screen. */
export function Root() {
  const [hidden] = useHideAmounts();
  const session = useSession();
  useLiveEvents(session?.sees === "full");
  return (
    <AmountsHiddenContext value={hidden}>
      <a
        href="#main"
        className={classNames(
          "sr-only z-50 rounded-button bg-harbour px-4 py-3 text-on-harbour",
          "focus:not-sr-only focus:fixed focus:top-2 focus:left-2",
        )}
        onClick={(event) => {
          // The address after the # is the router's, so the jump is made here.
          event.preventDefault();
          focusContent();
        }}
      >
        <Trans>Skip to the content</Trans>
      </a>
      <Outlet />
    </AmountsHiddenContext>
  );
}
