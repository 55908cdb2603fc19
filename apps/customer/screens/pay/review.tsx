import { Trans } from "@lingui/react/macro";
import { Amount, Banner, Button, Card, Fact, Icon, Skeleton, classNames } from "@mainstay/ui";
import type { Payment } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Navigate, useNavigate } from "@tanstack/react-router";
import { FingerprintPattern, Hourglass, KeyRound, TriangleAlert } from "lucide-react";
import { failureOf } from "../../api/failure.ts";
import { configurationQuery, paymentQuery } from "../../api/queries.ts";
import { BackBar, Page } from "../../shell/page.tsx";
import { ProblemBanner, ProblemState } from "../../shell/problem.tsx";
import { useOnline } from "../../shell/use-online.ts";
import { secondsUntil, useNow } from "../../text/use-now.ts";
import { changeDraft } from "./draft.ts";
import { NameCheckResult } from "./name-check.tsx";
import { NeedsPasskey } from "./needs-passkey.tsx";
import { AccountLine, PayeeAvatar } from "./payee-row.tsx";
import { PasskeyProblem } from "../../shell/passkey-problem.tsx";
import { useApproval } from "./use-approval.ts";

const route = getRouteApi("/customer/pay/$paymentId/review");

/** The one review: what stands on the card is exactly what the passkey signs, by the bank's own record. */
export function ReviewScreen() {
  const { paymentId } = route.useParams();
  const query = useQuery(paymentQuery(paymentId));
  if (query.data !== undefined) return <Review payment={query.data} />;
  return (
    <Page bar={<BackBar to="/pay/amount" title={<Trans>Check and approve</Trans>} />}>
      {query.isError ? (
        <ProblemState failure={failureOf(query.error)} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton className="mt-1 h-100 !rounded-card" />
      )}
    </Page>
  );
}

function Review({ payment }: { readonly payment: Payment }) {
  const approval = useApproval(payment);
  const expiresAt = payment.approval?.expiresAt;
  const now = useNow(expiresAt !== undefined);
  if (payment.state !== "awaiting_approval" && payment.state !== "expired") {
    // Approved already, here or in another tab: there is nothing left to sign.
    return <Navigate to="/pay/$paymentId/sent" params={{ paymentId: payment.id }} replace />;
  }
  const isOver = payment.state === "expired" || expiresAt === undefined || secondsUntil(expiresAt, now) === 0;
  return (
    <Page
      bar={<BackBar to="/pay/amount" title={<Trans>Check and approve</Trans>} />}
      foot={isOver ? <Again /> : <Approve payment={payment} approval={approval} />}
    >
      <div className="flex flex-col gap-3">
        <SignedCard payment={payment} />
        {isOver && (
          <Banner
            tone="lamp"
            icon={Hourglass}
            title={<Trans>This took more than five minutes</Trans>}
            role="status"
          >
            <Trans>Nothing was sent. Check it once more, then approve it.</Trans>
          </Banner>
        )}
        {payment.newPayee && !isOver && <NewPayeeWarning name={payment.shown.payeeName} />}
        {approval.failure !== null && <ProblemBanner failure={approval.failure} />}
        {approval.passkeyFailure !== null && <PasskeyProblem reason={approval.passkeyFailure} />}
      </div>
    </Page>
  );
}

function SignedCard({ payment: { shown } }: { readonly payment: Payment }) {
  return (
    <Card className="mt-1">
      <p
        className={classNames(
          "flex items-center gap-2.5 border-b border-line px-4 py-3 text-body",
          "font-semibold text-harbour",
        )}
      >
        <Icon of={KeyRound} size={20} />
        <Trans>Your passkey signs this, and only this</Trans>
      </p>
      <div className="px-4">
        <div className="flex items-center gap-3.5 border-b border-line pt-4 pb-3">
          <PayeeAvatar name={shown.payeeName} size={56} />
          <div className="min-w-0">
            <p>
              <Amount value={shown.amount} size="balance" always />
            </p>
            <p className="truncate text-row text-ink-soft">
              <Trans>
                to <span className="font-medium text-ink">{shown.payeeName}</span>
              </Trans>
            </p>
          </div>
        </div>
        <dl className="py-2">
          <Fact name={<Trans>Account</Trans>}>
            <AccountLine sortCode={shown.payeeSortCode} accountNumber={shown.payeeAccountNumber} />
          </Fact>
          <Fact name={<Trans>Bank</Trans>}>{shown.bankName}</Fact>
          {shown.reference !== "" && <Fact name={<Trans>Reference</Trans>}>{shown.reference}</Fact>}
          <Fact name={<Trans>When</Trans>}>
            <Trans>Now, arrives in seconds</Trans>
          </Fact>
          <Fact name={<Trans>Fee</Trans>}>
            {shown.fee.minor === 0 ? <Trans>None</Trans> : <Amount value={shown.fee} always />}
          </Fact>
        </dl>
      </div>
      <div className="px-2 pb-2">
        <NameCheckResult check={shown.nameCheck} typedName={shown.payeeName} bankName={shown.bankName} />
      </div>
    </Card>
  );
}

function NewPayeeWarning({ name }: { readonly name: string }) {
  const firstName = name.split(" ")[0] ?? name;
  return (
    <Banner tone="lamp" icon={TriangleAlert} title={<Trans>You haven’t paid {firstName} before</Trans>}>
      <Trans>Did someone on the phone tell you to send this? Then stop: it’s a scam.</Trans>
    </Banner>
  );
}

type ApproveProps = { readonly payment: Payment; readonly approval: ReturnType<typeof useApproval> };

function Approve({ payment, approval }: ApproveProps) {
  const undoSeconds = useQuery(configurationQuery).data?.undoWindowSeconds;
  const isOnline = useOnline();
  if (approval.needsPasskey) return <NeedsPasskey />;
  return (
    <>
      {!isOnline && (
        <p role="status" className="text-center text-body font-medium text-lamp-ink">
          <Trans>You’re offline. Nothing is sent until you approve it online.</Trans>
        </p>
      )}
      {isOnline && undoSeconds !== undefined && (
        <p className="text-center text-body text-ink-soft">
          <Trans>You can undo for {undoSeconds} seconds after</Trans>
        </p>
      )}
      <Button
        icon={<Icon of={FingerprintPattern} />}
        busy={approval.busy}
        disabled={!isOnline}
        onClick={approval.approve}
      >
        <Trans>
          Approve <Amount value={payment.shown.amount} always />
        </Trans>
      </Button>
    </>
  );
}

/** The review has run out: the same content is checked again, as a new payment. */
function Again() {
  const navigate = useNavigate();
  return (
    <Button
      onClick={() => {
        changeDraft({});
        void navigate({ to: "/pay/amount" });
      }}
    >
      <Trans>Check it again</Trans>
    </Button>
  );
}
