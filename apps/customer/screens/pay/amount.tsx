import { Trans, useLingui } from "@lingui/react/macro";
import {
  Amount,
  Button,
  buttonClass,
  Card,
  ChipButton,
  Icon,
  Keypad,
  Row,
  typedToMinor,
  typeKey,
} from "@mainstay/ui";
import type { Account, Payment, PaymentRequest } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { Link, Navigate, useNavigate } from "@tanstack/react-router";
import { MessageSquare } from "lucide-react";
import { useState } from "react";
import type { Failure } from "../../api/failure.ts";
import { accountsQuery, paymentQuery } from "../../api/queries.ts";
import { request } from "../../api/request.ts";
import { BackBar, Page } from "../../shell/page.tsx";
import { ProblemBanner } from "../../shell/problem.tsx";
import { queryClient } from "../../shell/session.ts";
import { changeDraft, paymentIdOfDraft, usePayDraft, type DraftPayee, type PayDraft } from "./draft.ts";
import { AccountLine, PayeeAvatar } from "./payee-row.tsx";
import { ReferenceSheet } from "./reference-sheet.tsx";

/** How much, on the keypad, and what for. */
export function AmountScreen() {
  const draft = usePayDraft();
  const account = useQuery(accountsQuery).data?.[0];
  const review = useReview();
  const [isReferring, setReferring] = useState(false);
  if (draft.payee === null) return <Navigate to="/pay" replace />;
  const value = { minor: typedToMinor(draft.typed, "GBP"), currency: "GBP" } as const;
  const isTooMuch = account !== undefined && value.minor > account.available.minor;
  return (
    <Page
      bar={<BackBar to="/home" close title={<Trans>Send money</Trans>} />}
      foot={
        <Button
          disabled={value.minor === 0 || isTooMuch || account === undefined}
          busy={review.busy}
          onClick={() => account !== undefined && void review.begin(account, draft)}
        >
          {value.minor === 0 ? (
            <Trans>Type an amount</Trans>
          ) : (
            <Trans>
              Review <Amount value={value} always />
            </Trans>
          )}
        </Button>
      }
    >
      <PayeeCard payee={draft.payee} />
      <div className="flex flex-1 flex-col items-center justify-center gap-3 py-4">
        <output aria-live="polite" className="flex max-w-full flex-col items-center">
          <Amount value={value} typed={draft.typed} size="keypad" always />
          <InAccount account={account} minor={value.minor} />
        </output>
        <ChipButton ground="surface" onClick={() => setReferring(true)}>
          <Icon of={MessageSquare} size={20} />
          <span className="truncate">
            {draft.reference === "" ? <Trans>Add a reference</Trans> : draft.reference}
          </span>
        </ChipButton>
        {review.failure !== null && (
          <div className="w-full">
            <ProblemBanner failure={review.failure} />
          </div>
        )}
      </div>
      <Keypad onKey={(key) => changeDraft({ typed: typeKey(draft.typed, key, "GBP") })} />
      <ReferenceSheet
        open={isReferring}
        onClose={() => setReferring(false)}
        reference={draft.reference}
        onSave={(reference) => changeDraft({ reference })}
      />
    </Page>
  );
}

function PayeeCard({ payee }: { readonly payee: DraftPayee }) {
  return (
    <Card>
      <Row
        leading={<PayeeAvatar name={payee.name} />}
        title={payee.name}
        subtitle={<AccountLine {...payee} />}
        trailing={
          <Link to="/pay" className={buttonClass("quiet", "text")}>
            <Trans>Change</Trans>
          </Link>
        }
      />
    </Card>
  );
}

function InAccount({ account, minor }: { readonly account: Account | undefined; readonly minor: number }) {
  const { t } = useLingui();
  if (account === undefined) {
    return <span className="text-body text-ink-soft">{t`Asking what’s in your account`}</span>;
  }
  const missing = minor - account.available.minor;
  if (missing > 0) {
    return (
      <span className="text-body font-medium text-danger">
        <Trans>
          <Amount value={{ minor: missing, currency: "GBP" }} always /> more than you have
        </Trans>
      </span>
    );
  }
  return (
    <span className="text-body text-ink-soft">
      <Trans>
        <Amount value={account.available} /> in your account
      </Trans>
    </span>
  );
}

/** Sends what was written for review, under the id of its command, and goes to the page that shows it. */
function useReview() {
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const begin = async (account: Account, draft: PayDraft) => {
    setBusy(true);
    setFailure(null);
    const answer = await createPayment(account.id, draft);
    setBusy(false);
    if (!answer.ok) return setFailure(answer.error);
    queryClient.setQueryData(paymentQuery(answer.value.id).queryKey, answer.value);
    await navigate({ to: "/pay/$paymentId/review", params: { paymentId: answer.value.id } });
  };
  return { begin, busy, failure };
}

function createPayment(accountId: string, draft: PayDraft) {
  const { payee } = draft;
  const body: PaymentRequest = {
    id: paymentIdOfDraft(),
    accountId,
    payee:
      payee?.id === undefined
        ? {
            name: payee?.name ?? "",
            sortCode: payee?.sortCode ?? "",
            accountNumber: payee?.accountNumber ?? "",
          }
        : { id: payee.id },
    amount: { minor: typedToMinor(draft.typed, "GBP"), currency: "GBP" },
    reference: draft.reference,
  };
  return request<Payment>("/api/payments", { method: "POST", body });
}
