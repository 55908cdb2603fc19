import { Trans } from "@lingui/react/macro";
import { Skeleton } from "@mainstay/ui";
import type { Registration } from "@mainstay/wire";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { failureOf } from "../../api/failure.ts";
import { BackBar, Page } from "../../shell/page.tsx";
import { ProblemState } from "../../shell/problem.tsx";
import { CheckingPage, FailedPage, ReferredPage } from "./check-pages.tsx";
import { AskQuestion } from "./questions.tsx";
import { PasskeyPage } from "./passkey-page.tsx";
import { nextQuestion, questions, type Question } from "./steps.ts";
import { useRegistration } from "./use-registration.ts";

/** Opening an account: question by question, kept when interrupted, with a passkey at the end. */
export function OpenAccountScreen() {
  const registration = useRegistration();
  const { query } = registration;
  if (query.isPending || query.isError) {
    return (
      <Page bar={<BackBar to="/welcome" title={<Trans>Open an account</Trans>} />}>
        {query.isError ? (
          <ProblemState failure={failureOf(query.error)} onRetry={() => void query.refetch()} />
        ) : (
          <div className="pt-4">
            <Skeleton className="h-8 w-56" />
            <Skeleton className="mt-8 h-14 !rounded-button" />
          </div>
        )}
      </Page>
    );
  }
  return <Stage registration={query.data} actions={registration} />;
}

type StageProps = {
  readonly registration: Registration | null;
  readonly actions: ReturnType<typeof useRegistration>;
};

function Stage({ registration, actions }: StageProps) {
  if (registration === null) return <Questions registration={null} actions={actions} />;
  switch (registration.state) {
    case "answering":
      return <Questions registration={registration} actions={actions} />;
    case "checking":
      return <CheckingPage />;
    case "referred":
      return <ReferredPage answers={registration.answers} />;
    case "failed":
      return <FailedPage />;
    case "passed":
    case "completed":
      return <PasskeyPage registration={registration} />;
    default:
      return registration.state satisfies never;
  }
}

function Questions({ registration, actions }: StageProps) {
  const navigate = useNavigate();
  const answers = registration?.answers ?? {};
  const [question, setQuestion] = useState<Question>(() => nextQuestion(answers));
  const index = questions.indexOf(question);
  const back = () => {
    const previous = questions[index - 1];
    if (previous === undefined) void navigate({ to: "/welcome" });
    else setQuestion(previous);
  };
  return (
    <AskQuestion
      key={question}
      question={question}
      answers={answers}
      share={(index + 1) / (questions.length + 2)}
      busy={actions.busy}
      failure={actions.failure}
      onBack={back}
      onAnswer={(changed) => {
        void actions.save(changed).then((isSaved) => {
          if (!isSaved) return undefined;
          const next = questions[index + 1];
          if (next === undefined) return actions.check();
          setQuestion(next);
          return undefined;
        });
      }}
    />
  );
}
