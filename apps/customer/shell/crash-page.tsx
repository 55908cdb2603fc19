import { Trans } from "@lingui/react/macro";
import { Button, DarkLamp, EmptyState } from "@mainstay/ui";
import { useEffect } from "react";
import { sayBooted } from "./booted.ts";
import { Page } from "./page.tsx";

/** What stands where a screen has failed by a mistake of ours. */
export function CrashPage({ reset }: { readonly reset: () => void }) {
  useEffect(sayBooted, []);
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
