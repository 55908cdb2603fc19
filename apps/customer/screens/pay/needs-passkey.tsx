import { Trans } from "@lingui/react/macro";
import { Button, Icon } from "@mainstay/ui";
import { FingerprintPattern } from "lucide-react";
import { PasskeyProblem } from "../../shell/passkey-problem.tsx";
import { ProblemBanner } from "../../shell/problem.tsx";
import { useAddPasskey } from "../security/use-add-passkey.ts";

/** A demo customer's first payment from this device: a passkey is made here, then it can sign. */
export function NeedsPasskey() {
  const { add, busy, failure, passkeyFailure } = useAddPasskey();
  return (
    <>
      {failure !== null && <ProblemBanner failure={failure} />}
      {passkeyFailure !== null && <PasskeyProblem reason={passkeyFailure} purpose="make" />}
      <p className="text-center text-body text-ink-soft">
        <Trans>A passkey signs every payment. This device has none for this customer yet.</Trans>
      </p>
      <Button icon={<Icon of={FingerprintPattern} />} busy={busy} onClick={add}>
        <Trans>Make a passkey here</Trans>
      </Button>
    </>
  );
}
