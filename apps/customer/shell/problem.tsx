import { Trans, useLingui } from "@lingui/react/macro";
import { Banner, Button, DarkLamp, EmptyState, type BannerTone } from "@mainstay/ui";
import { CloudOff, TriangleAlert } from "lucide-react";
import { isUnreached, type Failure } from "../api/failure.ts";
import { StepUp } from "./step-up.tsx";

/** The code by which the bank asks for the passkey once more. */
const passkey_needed_code = "passkey_needed";

/** Cuts the bank's words into what is the case and what to do: the first sentence, and the rest. */
function inTwo(words: string): { readonly title: string; readonly text: string } {
  const set = words.replaceAll("'", "’");
  const [, title = set, text = ""] = /^(.+?)[.]\s+(.+)$/s.exec(set) ?? [];
  return { title: title.replace(/[.]$/, ""), text };
}

/**
 * What to say of a failure: the bank's own words where it said some, ours where nothing was heard from it.
 */
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
    const { title, text } = inTwo(failure.title);
    return { title, text: failure.detail ?? text };
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
  if (failure.code === passkey_needed_code) return <StepUp />;
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
  if (failure.code === passkey_needed_code) return <StepUp />;
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
