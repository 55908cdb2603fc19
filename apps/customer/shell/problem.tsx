import { Trans, useLingui } from "@lingui/react/macro";
import { Banner, Button, DarkLamp, EmptyState, type BannerTone } from "@mainstay/ui";
import { CloudOff, TriangleAlert } from "lucide-react";
import { isUnreached, type Failure } from "../api/failure.ts";

/** What to say of a failure: the bank's own words where it said some, ours where nothing was heard from it. */
export function useFailureWords(): (failure: Failure) => { readonly title: string; readonly text: string } {
  const { t } = useLingui();
  return (failure) => {
    if (failure.code === "offline") {
      return { title: t`You’re offline`, text: t`Nothing was sent. Connect to the internet and try again.` };
    }
    if (failure.code === "timeout") {
      return {
        title: t`That took too long`,
        text: t`We don’t know yet whether it reached us. Trying again is safe.`,
      };
    }
    if (failure.code === "unreadable" || failure.status >= 500) {
      return {
        title: t`We can’t do that just now`,
        text: t`It’s our side, and your money is where it was. Try again in a minute.`,
      };
    }
    return { title: failure.title, text: failure.detail ?? "" };
  };
}

/** Says beside what was tried why it didn't work, and what to do. */
export function ProblemBanner({
  failure,
  tone = "danger",
}: {
  readonly failure: Failure;
  readonly tone?: BannerTone;
}) {
  const { title, text } = useFailureWords()(failure);
  return (
    <Banner tone={tone} icon={isUnreached(failure) ? CloudOff : TriangleAlert} title={title} role="alert">
      {text === "" ? undefined : text}
    </Banner>
  );
}

/** Stands where a page's content would be, when it could not be read. */
export function ProblemState({
  failure,
  onRetry,
}: {
  readonly failure: Failure;
  readonly onRetry: () => void;
}) {
  const { title, text } = useFailureWords()(failure);
  return (
    <div role="alert">
      <EmptyState
        art={<DarkLamp />}
        title={title}
        action={
          <Button look="second" size="pair" onClick={onRetry}>
            <Trans>Try again</Trans>
          </Button>
        }
      >
        {text}
      </EmptyState>
    </div>
  );
}
