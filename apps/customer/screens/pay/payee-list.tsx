import { Trans, useLingui } from "@lingui/react/macro";
import { Card, EmptyState, Icon, LetterBottle, RowButton, SkeletonRows } from "@mainstay/ui";
import type { Payee } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { ChevronRight } from "lucide-react";
import { failureOf } from "../../api/failure.ts";
import { payeesQuery } from "../../api/queries.ts";
import { ProblemState } from "../../shell/problem.tsx";
import { matchingPayees } from "./matching-payees.ts";
import { AccountLine, PayeeAvatar } from "./payee-row.tsx";

/** Saved payees, narrowed by a search, to choose one. */
export function PayeeList({ search, onChoose }: PayeeListProps) {
  const { t } = useLingui();
  const payees = useQuery(payeesQuery);
  if (payees.isPending) return <SkeletonRows count={4} label={t`Your payees are on their way`} />;
  if (payees.isError) {
    return <ProblemState failure={failureOf(payees.error)} onRetry={() => void payees.refetch()} />;
  }
  const found = matchingPayees(payees.data, search);
  if (found.length === 0) {
    return (
      <EmptyState
        art={<LetterBottle />}
        title={search === "" ? <Trans>Nobody here yet</Trans> : <Trans>Nobody by that name</Trans>}
      >
        {search === "" ? (
          <Trans>Whoever you pay is kept here, so the next time is quicker.</Trans>
        ) : (
          <Trans>Pay someone new with their sort code and account number.</Trans>
        )}
      </EmptyState>
    );
  }
  return (
    <Card>
      {found.map((payee) => (
        <RowButton
          key={payee.id}
          onClick={() => onChoose(payee)}
          leading={<PayeeAvatar name={payee.name} />}
          title={payee.name}
          subtitle={<AccountLine {...payee} />}
          trailing={<Icon of={ChevronRight} className="text-ink-soft" />}
        />
      ))}
    </Card>
  );
}

/** What `PayeeList` takes. */
export type PayeeListProps = { readonly search: string; readonly onChoose: (payee: Payee) => void };
