import { Trans } from "@lingui/react/macro";
import { EmptyState, PotPictures } from "@mainstay/ui";
import { Page } from "../shell/page.tsx";

/** Pots aren't open: the page says so, and says where the money is. */
export function PotsScreen() {
  return (
    <Page tabs className="pt-[env(safe-area-inset-top)]">
      <div className="flex min-h-14 items-center pt-2">
        <h1 className="text-title">
          <Trans>Pots</Trans>
        </h1>
      </div>
      <div className="flex flex-1 flex-col justify-center pb-16">
        <EmptyState art={<PotPictures />} title={<Trans>Pots aren’t open yet</Trans>}>
          <Trans>All of your money is in your current account, ready to spend.</Trans>
        </EmptyState>
      </div>
    </Page>
  );
}
