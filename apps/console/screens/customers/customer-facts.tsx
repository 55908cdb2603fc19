import type { Customer } from "@mainstay/wire";
import { Card } from "../../parts/card.tsx";
import { Fact, Facts } from "../../parts/facts.tsx";
import { accountText, Money } from "../../parts/money.tsx";
import { dateText, Time, yearsSince } from "../../parts/time.tsx";
import { registrationText } from "./customer-words.ts";

/** Who the customer is, and how they became one. */
export function Person({ customer, now }: { readonly customer: Customer; readonly now: Date }) {
  const { address, registration } = customer;
  const lines = [address.line1, address.line2, address.town, address.postcode].filter(Boolean);
  return (
    <Card title="Person" className="shrink-0">
      <Facts>
        <Fact name="Born">
          {dateText(customer.dateOfBirth)}
          <span className="text-ink-soft">, {yearsSince(customer.dateOfBirth, now)} years old</span>
        </Fact>
        <Fact name="Address">{lines.join(", ")}</Fact>
        <Fact name="E-mail">
          <span className="break-words">{customer.email}</span>
        </Fact>
        <Fact name="Telephone">{customer.phone === "" ? "none" : customer.phone}</Fact>
        <Fact name="Since">
          <Time at={customer.customerSince} form="date" />
        </Fact>
        <Fact name="Registered">
          {registration === null ? "not by registration" : registrationText(registration.state)}
          {registration !== null && registration.reasons.length > 0 && (
            <span className="text-ink-soft">, referred: {registration.reasons.join(", ")}</span>
          )}
        </Fact>
        {registration !== null && registration.decidedAt !== null && (
          <Fact name="Decided">
            <Time at={registration.decidedAt} form="date" />
            {registration.decisionReason !== null && (
              <span className="text-ink-soft">, {registration.decisionReason}</span>
            )}
          </Fact>
        )}
        <Fact name="Reference">
          <span className="text-small break-all select-all">{customer.ref}</span>
        </Fact>
      </Facts>
    </Card>
  );
}

/** The customer's accounts, with what is in them now. */
export function Accounts({ accounts }: Pick<Customer, "accounts">) {
  if (accounts.length === 0) {
    return (
      <Card title="Account" className="shrink-0">
        <p className="px-4 py-3 text-ink-soft">None is open yet.</p>
      </Card>
    );
  }
  return accounts.map((account) => (
    <Card key={account.id} title={account.name} className="shrink-0">
      <div className="grid grid-cols-2 gap-3 border-b border-line px-4 py-2.5">
        <div>
          <div className="text-number">
            <Money value={account.balance} />
          </div>
          <div className="text-small text-ink-soft">balance</div>
        </div>
        <div>
          <div className="text-number">
            <Money value={account.available} />
          </div>
          <div className="text-small text-ink-soft">can be spent</div>
        </div>
      </div>
      <Facts>
        <Fact name="Number">{accountText(account.sortCode, account.accountNumber)}</Fact>
        <Fact name="IBAN">
          <span className="text-small select-all">{account.iban.replaceAll(/(.{4})/g, "$1 ").trim()}</span>
        </Fact>
        <Fact name="Opened">
          <Time at={account.openedAt} form="date" />
        </Fact>
      </Facts>
    </Card>
  ));
}
