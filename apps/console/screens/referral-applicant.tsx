import type { Referral } from "@mainstay/wire";
import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Card } from "../parts/card.tsx";
import { dateText, yearsSince } from "../parts/time.tsx";

const reason_texts: Readonly<Record<string, string>> = {
  "check-unanswered": "The identity check didn’t answer.",
};

/** A reason of the identity check, in words; one that we have none for is shown as it came. */
export function reasonText(reason: string): string {
  return reason_texts[reason] ?? reason;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-soft">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}

/** Who is to be decided on: what they said, and what the check couldn't settle. */
export function Applicant({ referral, now }: { readonly referral: Referral; readonly now: Date }) {
  const { address } = referral;
  const street = [address.line1, address.line2].filter(Boolean).join(", ");
  return (
    <Card
      title={referral.name}
      aside={`${yearsSince(referral.dateOfBirth, now)} years old`}
      className="shrink-0"
    >
      <dl className="grid grid-cols-[76px_1fr] gap-x-3 gap-y-1 px-4 py-3">
        <Fact name="Born">{dateText(referral.dateOfBirth)}</Fact>
        <Fact name="Address">
          <div>{street}</div>
          <div>
            {address.town}, {address.postcode}
          </div>
        </Fact>
        <Fact name="E-mail">{referral.email}</Fact>
        <Fact name="Phone">{referral.phone}</Fact>
        <Fact name="Reference">
          <span className="text-small text-ink-soft">{referral.registrationId}</span>
        </Fact>
      </dl>
      <ul className="flex flex-col gap-1.5 border-t border-line px-4 py-3">
        {referral.reasons.map((reason) => (
          <li key={reason} className="flex gap-2 text-lamp-ink">
            <TriangleAlert size={15} strokeWidth={1.9} className="mt-0.5 shrink-0" aria-hidden />
            {reasonText(reason)}
          </li>
        ))}
      </ul>
    </Card>
  );
}
