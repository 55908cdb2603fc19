import { Trans } from "@lingui/react/macro";
import { Amount, Button, Card, Fact, Sheet } from "@mainstay/ui";
import type { Transaction } from "@mainstay/wire";
import { serverNow } from "../../browser.ts";
import { accountNumberText, sortCodeText } from "../../text/account-numbers.ts";
import { dateText, timeText } from "../../text/dates.ts";
import { useShare } from "../../text/use-share.ts";

/** The facts of a payment, to read, copy or share. */
export function ReceiptSheet({ open, onClose, line }: ReceiptSheetProps) {
  return (
    <Sheet open={open} onClose={onClose} title={<Trans>Receipt</Trans>}>
      <Receipt line={line} />
    </Sheet>
  );
}

/** What `ReceiptSheet` takes. */
export type ReceiptSheetProps = {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly line: Transaction;
};

function Receipt({ line }: { readonly line: Transaction }) {
  const facts = useShare();
  const { sortCode, accountNumber, name } = line.counterparty;
  return (
    <>
      <Card className="px-4 py-2">
        <dl id="receipt">
          <Fact name={<Trans>Amount</Trans>}>
            <Amount value={line.amount} signed always />
          </Fact>
          <Fact name={line.amount.minor > 0 ? <Trans>From</Trans> : <Trans>To</Trans>}>{name}</Fact>
          {sortCode !== undefined && accountNumber !== undefined && (
            <Fact name={<Trans>Account</Trans>}>
              {sortCodeText(sortCode)} {accountNumberText(accountNumber)}
            </Fact>
          )}
          {line.reference !== "" && <Fact name={<Trans>Reference</Trans>}>{line.reference}</Fact>}
          <Fact name={<Trans>Made</Trans>}>
            <When iso={line.createdAt} />
          </Fact>
          {line.bookedAt !== null && (
            <Fact name={<Trans>Booked</Trans>}>
              <When iso={line.bookedAt} />
            </Fact>
          )}
          {line.balanceAfter !== null && (
            <Fact name={<Trans>Balance after it</Trans>}>
              <Amount value={line.balanceAfter} always />
            </Fact>
          )}
          <Fact name={<Trans>Number</Trans>}>
            <span className="text-caption break-all">{line.paymentId ?? line.id}</span>
          </Fact>
        </dl>
      </Card>
      <div className="pt-5">
        <Button look="second" onClick={() => facts.share(receiptText())}>
          {facts.done ? <Trans>Copied</Trans> : <Trans>Share or copy</Trans>}
        </Button>
      </div>
    </>
  );
}

/** The receipt as text: its lines as they are read, amounts as they are seen. */
function receiptText(): string {
  const lines = [...document.querySelectorAll("#receipt > div")].map((fact) => {
    const seen = fact.cloneNode(true) as Element;
    for (const spoken of seen.querySelectorAll(".sr-only")) spoken.remove();
    return `${seen.querySelector("dt")?.textContent ?? ""}: ${seen.querySelector("dd")?.textContent ?? ""}`;
  });
  return ["Mainstay", ...lines].join("\n");
}

function When({ iso }: { readonly iso: string }) {
  return (
    <>
      {dateText(iso, serverNow())}, {timeText(iso)}
    </>
  );
}
