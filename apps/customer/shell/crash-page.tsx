import { Trans } from "@lingui/react/macro";
import { Button, DarkLamp, EmptyState } from "@mainstay/ui";
import { useEffect } from "react";
import { sayBooted } from "./booted.ts";
import { Page } from "./page.tsx";

/**
 * How browsers say that a part of the app couldn't be fetched: the network's doing, and not this version's.
 */
const not_fetched = /dynamically imported module|module script failed/i;

/** What stands where a screen has failed by a mistake of ours. The boot layer hears of it. */
export function CrashPage({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  useEffect(() => {
    if (error instanceof Error && not_fetched.test(error.message)) sayBooted();
    else reportError(error);
  }, [error]);
  return (
    <Page className="justify-center">
      <div role="alert">
        <EmptyState
          art={<DarkLamp />}
          title={<Trans>This page couldn’t be shown</Trans>}
          action={
            <Button look="second" size="pair" onClick={reset}>
              <Trans>Try again</Trans>
            </Button>
          }
        >
          <Trans>That’s our mistake. Your money is safe, and nothing was sent.</Trans>
        </EmptyState>
      </div>
    </Page>
  );
}
