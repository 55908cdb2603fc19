import { useLingui } from "@lingui/react/macro";
import { Banner } from "@mainstay/ui";
import { KeyRound } from "lucide-react";
import type { PasskeyFailure } from "../login/passkey.ts";

/** Why nothing was signed or made, and what to do. */
export function PasskeyProblem({ reason, purpose = "approve" }: PasskeyProblemProps) {
  const { t } = useLingui();
  if (reason === "not_supported") {
    return (
      <Banner tone="lamp" icon={KeyRound} title={t`This browser can’t use passkeys`} role="alert">
        {t`Update it, or open Mainstay in Safari, Chrome, Edge or Firefox.`}
      </Banner>
    );
  }
  const isMaking = purpose === "make";
  return (
    <Banner
      tone="lamp"
      icon={KeyRound}
      title={isMaking ? t`No passkey was made` : t`Not approved`}
      role="alert"
    >
      {isMaking
        ? t`The sheet was closed before it was done. Try again when you’re ready.`
        : t`The passkey wasn’t touched, so nothing was sent. Approve again when you’re ready.`}
    </Banner>
  );
}

/** What `PasskeyProblem` takes. */
export type PasskeyProblemProps = { readonly reason: PasskeyFailure; readonly purpose?: "approve" | "make" };
