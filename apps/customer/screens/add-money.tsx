import { Trans, useLingui } from "@lingui/react/macro";
import { Amount, Banner, Button, buttonClass, Card, ChipButton, Icon, SkeletonRows } from "@mainstay/ui";
import type { Account } from "@mainstay/wire";
import { useQuery } from "@tanstack/react-query";
import { CircleCheck, Copy, Info } from "lucide-react";
import { useState, type ReactNode } from "react";
import { failureOf, type Failure } from "../api/failure.ts";
import { accountsQuery, configurationQuery } from "../api/queries.ts";
import { request } from "../api/request.ts";
import { BackBar, Page } from "../shell/page.tsx";
import { ProblemBanner, ProblemState } from "../shell/problem.tsx";
import { accountNumberText, ibanText, sortCodeText } from "../text/account-numbers.ts";
import { useShare } from "../text/use-share.ts";

/** The account's details, to be paid by others; in a demo, a payment that comes at once. */
export function AddMoneyScreen() {
  const { t } = useLingui();
  const accounts = useQuery(accountsQuery);
  const { data: configuration } = useQuery(configurationQuery);
  const { share, done } = useShare();
  const detailsText = useDetailsText();
  const account = accounts.data?.[0];
  return (
    <Page
      bar={<BackBar to="/home" title={<Trans>Add money</Trans>} />}
      foot={
        account === undefined ? undefined : (
          <Button onClick={() => share(detailsText(account))}>
            {done ? <Trans>Copied</Trans> : <Trans>Share these details</Trans>}
          </Button>
        )
      }
    >
      <p className="pt-1 pb-4 text-row text-ink-soft">
        <Trans>
          Give these to your employer, to a friend, or to your other bank. Money arrives in seconds.
        </Trans>
      </p>
      {accounts.isPending && <SkeletonRows count={4} label={t`Your details are on their way`} />}
      {accounts.isError && account === undefined && (
        <ProblemState failure={failureOf(accounts.error)} onRetry={() => void accounts.refetch()} />
      )}
      {account !== undefined && <Details account={account} />}
      {account !== undefined && configuration?.demo === true && <SimulatedPayIn account={account} />}
    </Page>
  );
}

/** The details as a text that can be sent. */
function useDetailsText(): (account: Account) => string {
  const { t } = useLingui();
  return ({ holderName, sortCode, accountNumber, iban, bic }) =>
    [
      holderName,
      `${t`Sort code`}: ${sortCodeText(sortCode)}`,
      `${t`Account number`}: ${accountNumberText(accountNumber)}`,
      `${t`IBAN`}: ${ibanText(iban)}`,
      `${t`BIC`}: ${bic}`,
    ].join("\n");
}

function Details({ account }: { readonly account: Account }) {
  const { t } = useLingui();
  return (
    <Card className="py-1.5">
      <Detail name={t`Name`} value={account.holderName} />
      <Detail name={t`Sort code`} value={sortCodeText(account.sortCode)} />
      <Detail
        name={t`Account number`}
        value={accountNumberText(account.accountNumber)}
        plain={account.accountNumber}
      />
      <Detail name={t`IBAN, from abroad`} value={ibanText(account.iban)} plain={account.iban} />
      <Detail name={t`BIC`} value={account.bic} />
    </Card>
  );
}

type DetailProps = { readonly name: string; readonly value: string; readonly plain?: string };

function Detail({ name, value, plain = value }: DetailProps) {
  const { t } = useLingui();
  const { copy, done } = useShare();
  return (
    <div className="flex min-h-14 items-center justify-between gap-3 px-4 py-1.5">
      <div className="min-w-0">
        <p className="text-body text-ink-soft">{name}</p>
        <p className="text-row font-medium break-words">{value}</p>
      </div>
      <button
        type="button"
        className={buttonClass("quiet", "text")}
        aria-label={t`Copy ${name}`}
        onClick={() => copy(plain)}
      >
        {done ? (
          <span role="status">
            <Trans>Copied</Trans>
          </span>
        ) : (
          <Icon of={Copy} size={20} />
        )}
      </button>
    </div>
  );
}

/** Amounts that the demo offers, in pence. */
const demo_amounts = [2_000, 25_000, 180_000] as const;

type PayIn =
  | { readonly state: "idle" | "busy" | "asked" }
  | { readonly state: "failed"; readonly failure: Failure };

/**
 * In the demo bank the outside world is simulated, and so is a payment from it: through the whole scheme, to
 * this account.
 */
function SimulatedPayIn({ account }: { readonly account: Account }) {
  const { t } = useLingui();
  const [payIn, setPayIn] = useState<PayIn>({ state: "idle" });
  const ask = async (minor: number) => {
    setPayIn({ state: "busy" });
    const answer = await request("/api/demo/pay-in", {
      method: "POST",
      body: { accountId: account.id, amount: { minor, currency: "GBP" } },
    });
    setPayIn(answer.ok ? { state: "asked" } : { state: "failed", failure: answer.error });
  };
  return (
    <section className="flex flex-col gap-3 pt-5">
      <PayInState payIn={payIn} />
      <Banner
        tone="info"
        icon={Info}
        title={<Trans>This is the demo bank</Trans>}
        action={
          <div className="flex flex-wrap gap-2">
            {demo_amounts.map((minor) => (
              <ChipButton
                key={minor}
                ground="surface"
                disabled={payIn.state === "busy"}
                onClick={() => void ask(minor)}
              >
                <span>
                  <span className="sr-only">{t`Receive`} </span>
                  <Amount value={{ minor, currency: "GBP" }} always />
                </span>
              </ChipButton>
            ))}
          </div>
        }
      >
        <Trans>Simulate a payment in, from another bank, by the scheme’s own messages.</Trans>
      </Banner>
    </section>
  );
}

function PayInState({ payIn }: { readonly payIn: PayIn }): ReactNode {
  if (payIn.state === "failed") return <ProblemBanner failure={payIn.failure} />;
  if (payIn.state !== "asked") return null;
  return (
    <Banner tone="good" icon={CircleCheck} title={<Trans>It’s coming</Trans>} role="status">
      <Trans>The payment was sent to your account. You’ll see it on your home page.</Trans>
    </Banner>
  );
}
