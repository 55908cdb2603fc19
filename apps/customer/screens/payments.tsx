import { Trans, useLingui } from "@lingui/react/macro";
import { Button, buttonClass, Card, Icon, RowContent, row_class, SectionHead, Sheet } from "@mainstay/ui";
import type { Payee } from "@mainstay/wire";
import { Link, useNavigate } from "@tanstack/react-router";
import { ArrowUpRight, CalendarClock } from "lucide-react";
import { useState } from "react";
import type { Failure } from "../api/failure.ts";
import { payeesQuery } from "../api/queries.ts";
import { request } from "../api/request.ts";
import { serverNow } from "../browser.ts";
import { Page } from "../shell/page.tsx";
import { ProblemBanner } from "../shell/problem.tsx";
import { queryClient } from "../shell/session.ts";
import { dateText } from "../text/dates.ts";
import { beginPayment } from "./pay/draft.ts";
import { PayeeList } from "./pay/payee-list.tsx";
import { AccountLine, PayeeAvatar } from "./pay/payee-row.tsx";

/** Paying: whom the customer knows, and what is set to leave later. */
export function PaymentsScreen() {
  const { t } = useLingui();
  const [chosen, setChosen] = useState<Payee | null>(null);
  return (
    <Page tabs className="pt-[env(safe-area-inset-top)]">
      <div className="flex min-h-14 items-center justify-between pt-2">
        <h1 className="text-title">
          <Trans>Payments</Trans>
        </h1>
      </div>
      <Link to="/pay" className={`${buttonClass("primary")} mt-3`} onClick={() => beginPayment({})}>
        <Icon of={ArrowUpRight} />
        <Trans>Send money</Trans>
      </Link>
      <SectionHead title={t`Your payees`} />
      <PayeeList search="" onChoose={setChosen} />
      <SectionHead title={t`Scheduled`} />
      <Card>
        <div className={row_class}>
          <RowContent
            leading={
              <span className="flex size-10 items-center justify-center rounded-full bg-slate text-slate-ink">
                <Icon of={CalendarClock} size={20} />
              </span>
            }
            title={<Trans>Nothing is scheduled</Trans>}
            subtitle={<Trans>Payments leave as you approve them</Trans>}
          />
        </div>
      </Card>
      <PayeeSheet payee={chosen} onClose={() => setChosen(null)} />
    </Page>
  );
}

type PayeeSheetProps = { readonly payee: Payee | null; readonly onClose: () => void };

/** A payee: pay them, or remove them. */
function PayeeSheet({ payee, onClose }: PayeeSheetProps) {
  return (
    <Sheet open={payee !== null} onClose={onClose} title={payee?.name ?? ""}>
      {payee !== null && <PayeeActions payee={payee} onClose={onClose} />}
    </Sheet>
  );
}

function PayeeActions({ payee, onClose }: { readonly payee: Payee; readonly onClose: () => void }) {
  const navigate = useNavigate();
  const [isSure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const { id, name, sortCode, accountNumber, bankName } = payee;
  const paidOn = payee.lastPaidAt === null ? null : dateText(payee.lastPaidAt, serverNow());
  const pay = () => {
    beginPayment({ payee: { id, name, sortCode, accountNumber, bankName } });
    void navigate({ to: "/pay/amount" });
  };
  const remove = async () => {
    if (!isSure) return setSure(true);
    setBusy(true);
    const answer = await request(`/api/payees/${id}`, { method: "DELETE" });
    await queryClient.invalidateQueries({ queryKey: payeesQuery.queryKey });
    setBusy(false);
    if (answer.ok) onClose();
    else setFailure(answer.error);
  };
  return (
    <div className="flex flex-col gap-3">
      <Card>
        <div className={row_class}>
          <RowContent
            leading={<PayeeAvatar name={name} />}
            title={<AccountLine sortCode={sortCode} accountNumber={accountNumber} />}
            subtitle={
              paidOn === null ? (
                bankName
              ) : (
                <Trans>
                  {bankName}, paid on {paidOn}
                </Trans>
              )
            }
          />
        </div>
      </Card>
      {failure !== null && <ProblemBanner failure={failure} />}
      <div className="mt-2 flex flex-col gap-2.5">
        <Button icon={<Icon of={ArrowUpRight} />} onClick={pay}>
          <Trans>Pay {name}</Trans>
        </Button>
        <Button look={isSure ? "warn" : "quiet"} busy={busy} onClick={() => void remove()}>
          {isSure ? <Trans>Yes, remove {name}</Trans> : <Trans>Remove from my payees</Trans>}
        </Button>
      </div>
    </div>
  );
}
