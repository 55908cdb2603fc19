import { Trans } from "@lingui/react/macro";
import { Banner, buttonClass, Card, Sheet } from "@mainstay/ui";
import type { Transaction } from "@mainstay/wire";
import { Link } from "@tanstack/react-router";
import { ShieldCheck, Undo2 } from "lucide-react";
import type { ReactNode } from "react";

/** What to do when something about a payment isn't right. */
export function WrongSheet({ open, onClose, line }: WrongSheetProps) {
  const { name } = line.counterparty;
  return (
    <Sheet open={open} onClose={onClose} title={<Trans>Something wrong?</Trans>}>
      <div className="flex flex-col gap-3">
        {line.state === "leaving" && line.paymentId !== null && (
          <Banner
            tone="lamp"
            icon={Undo2}
            title={<Trans>It hasn’t left yet</Trans>}
            action={
              <Link
                to="/pay/$paymentId/sent"
                params={{ paymentId: line.paymentId }}
                className={buttonClass("primary", "pair")}
              >
                <Trans>Undo it</Trans>
              </Link>
            }
          >
            <Trans>You can still stop this payment.</Trans>
          </Banner>
        )}
        <Card className="divide-y divide-line px-4">
          <Advice title={<Trans>I don’t know this payment</Trans>}>
            <Trans>
              Log out every device that isn’t yours and remove passkeys that you don’t know, on the security
              page. Then nobody else can pay from here.
            </Trans>
          </Advice>
          <Advice title={<Trans>I paid the wrong amount, or twice</Trans>}>
            <Trans>Ask {name} to send it back. Your receipt has the payment’s number to go by.</Trans>
          </Advice>
          <Advice title={<Trans>Someone talked me into it</Trans>}>
            <Trans>
              Stop talking to them, and pay nothing more. Then ring the police’s Report Fraud service on 0300
              123 2040 and tell them the payment’s number.
            </Trans>
          </Advice>
        </Card>
        <Link to="/security" className={buttonClass("second")}>
          <ShieldCheck size={20} strokeWidth={1.9} aria-hidden />
          <Trans>Open the security page</Trans>
        </Link>
      </div>
    </Sheet>
  );
}

function Advice({ title, children }: { readonly title: ReactNode; readonly children: ReactNode }) {
  return (
    <section className="py-3.5">
      <h3 className="text-row font-semibold">{title}</h3>
      <p className="mt-1 text-body text-ink-soft">{children}</p>
    </section>
  );
}

/** What `WrongSheet` takes. */
export type WrongSheetProps = {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly line: Transaction;
};
