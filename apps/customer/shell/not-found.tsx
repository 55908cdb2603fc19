import { Trans } from "@lingui/react/macro";
import { buttonClass, DarkLamp, EmptyState } from "@mainstay/ui";
import { Link } from "@tanstack/react-router";
import { Page } from "./page.tsx";

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Page className="justify-center">
      <EmptyState
        art={<DarkLamp />}
        title={<Trans>There’s nothing here</Trans>}
        action={
          <Link to="/" className={buttonClass("second", "pair")}>
            <Trans>Go home</Trans>
          </Link>
        }
      >
        <Trans>The page may have moved. Your money hasn’t.</Trans>
      </EmptyState>
    </Page>
  );
}
