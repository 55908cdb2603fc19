import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Icon, IconButton } from "@mainstay/ui";
import { ChevronLeft } from "lucide-react";
import { useEffect, useId, type FormEvent, type ReactNode } from "react";
import type { Failure } from "../../api/failure.ts";
import { Page } from "../../shell/page.tsx";
import { useFirstField } from "../../text/use-first-field.ts";
import { titlePage } from "../../shell/page-title.ts";
import { ProblemBanner } from "../../shell/problem.tsx";

/** One question: what is asked, why, where the answer goes, and how far the way is. */
export function QuestionPage(props: QuestionPageProps) {
  const formId = useId();
  const form = useFirstField<HTMLFormElement>();
  useEffect(titlePage, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onContinue();
  };
  return (
    <Page
      bar={<ProgressBar share={props.share} onBack={props.onBack} />}
      foot={
        <Button type="submit" form={formId} busy={props.busy}>
          <Trans>Continue</Trans>
        </Button>
      }
    >
      <div className="animate-enter">
        <h1 className="pt-3 text-title text-balance">{props.title}</h1>
        {props.why !== undefined && <p className="mt-1.5 text-row text-ink-soft">{props.why}</p>}
        <form ref={form} id={formId} noValidate onSubmit={submit} className="flex flex-col gap-4 pt-6">
          {props.children}
          {props.failure !== null && <ProblemBanner failure={props.failure} />}
        </form>
      </div>
    </Page>
  );
}

/** What `QuestionPage` takes. */
export type QuestionPageProps = {
  readonly title: ReactNode;
  readonly why?: ReactNode;
  /** How much of the way is behind, 0 to 1. */
  readonly share: number;
  readonly busy: boolean;
  readonly failure: Failure | null;
  readonly onBack: () => void;
  readonly onContinue: () => void;
  readonly children: ReactNode;
};

/** Back, and how far the way is. */
export function ProgressBar({ share, onBack }: { readonly share: number; readonly onBack: () => void }) {
  const { t } = useLingui();
  return (
    <header className="sticky top-0 z-20 bg-canvas pt-[env(safe-area-inset-top)]">
      <div className="grid min-h-14 grid-cols-[44px_1fr_44px] items-center px-2">
        <IconButton label={t`Back`} onClick={onBack}>
          <Icon of={ChevronLeft} />
        </IconButton>
        <div
          role="progressbar"
          aria-label={t`Opening your account`}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
          className="mx-3 h-1.5 overflow-hidden rounded-full bg-track"
        >
          <div
            className="h-full rounded-full bg-harbour transition-[width] duration-250 ease-out"
            style={{ width: `${Math.round(share * 100)}%` }}
          />
        </div>
      </div>
    </header>
  );
}
