import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Card, CheckDraw, Fact, SkeletonRows } from "@mainstay/ui";
import type { RecoveryCodes } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { failureOf, type Failure } from "../../api/failure.ts";
import { accountsQuery } from "../../api/queries.ts";
import { request } from "../../api/request.ts";
import { Page } from "../../shell/page.tsx";
import { ProblemBanner, ProblemState } from "../../shell/problem.tsx";
import { accountNumberText, ibanText, sortCodeText } from "../../text/account-numbers.ts";
import { CodeList } from "../security/code-list.tsx";
import { forgetRegistration } from "./use-registration.ts";

/** The account is open: its numbers at once, then the codes that are the way back in, shown once. */
export function ReadyPage() {
  const navigate = useNavigate();
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const makeCodes = async () => {
    setBusy(true);
    setFailure(null);
    const answer = await request<RecoveryCodes>("/api/recovery-codes", { method: "POST" });
    if (answer.ok) setCodes(answer.value.codes);
    else setFailure(answer.error);
    setBusy(false);
  };
  const goHome = () => {
    void navigate({ to: "/home", replace: true }).then(forgetRegistration);
  };
  return (
    <Page
      foot={
        codes === null ? (
          <>
            <Button busy={busy} onClick={() => void makeCodes()}>
              <Trans>Show my recovery codes</Trans>
            </Button>
            <Button look="quiet" onClick={goHome}>
              <Trans>Later, in Security</Trans>
            </Button>
          </>
        ) : (
          <Button onClick={goHome}>
            <Trans>I’ve kept them safe</Trans>
          </Button>
        )
      }
    >
      {codes === null ? <Numbers /> : <Codes codes={codes} />}
      {failure !== null && (
        <div className="pt-4">
          <ProblemBanner failure={failure} />
        </div>
      )}
    </Page>
  );
}

function Numbers() {
  const { t } = useLingui();
  const accounts = useQuery(accountsQuery);
  const account = accounts.data?.[0];
  return (
    <div className="flex flex-1 flex-col justify-center pt-10">
      <div className="flex justify-center">
        <CheckDraw size={92} />
      </div>
      <h1 className="mt-6 text-center text-title text-balance">
        <Trans>Your account is open</Trans>
      </h1>
      <p className="mt-1.5 mb-6 text-center text-row text-ink-soft">
        <Trans>Money can come in from now on. One last thing: codes for the day you lose this device.</Trans>
      </p>
      {accounts.isPending && <SkeletonRows count={2} label={t`Your account number is on its way`} />}
      {accounts.isError && account === undefined && (
        <ProblemState failure={failureOf(accounts.error)} onRetry={() => void accounts.refetch()} />
      )}
      {account !== undefined && (
        <Card className="px-4 py-2">
          <dl>
            <Fact name={<Trans>Name</Trans>}>{account.holderName}</Fact>
            <Fact name={<Trans>Sort code</Trans>}>{sortCodeText(account.sortCode)}</Fact>
            <Fact name={<Trans>Account number</Trans>}>{accountNumberText(account.accountNumber)}</Fact>
            <Fact name={<Trans>IBAN</Trans>}>{ibanText(account.iban)}</Fact>
          </dl>
        </Card>
      )}
    </div>
  );
}

function Codes({ codes }: { readonly codes: readonly string[] }) {
  return (
    <div className="animate-enter pt-8">
      <h1 className="text-title text-balance">
        <Trans>Keep these somewhere safe</Trans>
      </h1>
      <p className="mt-1.5 mb-5 text-row text-ink-soft">
        <Trans>
          Should you lose every device that has your passkey, one of them and your e-mail address let you back
          in. We show them this once.
        </Trans>
      </p>
      <CodeList codes={codes} />
    </div>
  );
}
