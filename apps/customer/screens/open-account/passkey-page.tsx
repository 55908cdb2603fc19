import { Trans } from "@lingui/react/macro";
import { Banner, Button, Icon, classNames } from "@mainstay/ui";
import type { Registration } from "@mainstay/wire";
import { Navigate } from "@tanstack/react-router";
import { CircleCheck, FingerprintPattern, KeyRound, ShieldCheck, type LucideIcon } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { Failure } from "../../api/failure.ts";
import { logInWithNewPasskey } from "../../login/log-in-with-new-passkey.ts";
import type { PasskeyFailure } from "../../login/passkey.ts";
import { Page } from "../../shell/page.tsx";
import { PasskeyProblem } from "../../shell/passkey-problem.tsx";
import { ProblemBanner } from "../../shell/problem.tsx";
import { beginSession, useSession } from "../../shell/session.ts";
import { ReadyPage } from "./ready-page.tsx";

/** The last step: a passkey, and the account is there. */
export function PasskeyPage({ registration }: { readonly registration: Registration }) {
  const session = useSession();
  const { make, busy, failure, passkeyFailure } = useFirstPasskey(registration.id);
  if (session !== null) return <ReadyPage />;
  // Opened on this device before, and logged out since.
  if (registration.state === "completed") return <Navigate to="/welcome" replace />;
  const { firstName = "" } = registration.answers;
  return (
    <Page
      className="justify-center"
      foot={
        <Button icon={<Icon of={FingerprintPattern} />} busy={busy} onClick={make}>
          <Trans>Make my passkey</Trans>
        </Button>
      }
    >
      <div className="animate-enter">
        <span
          className={classNames(
            "flex size-18 items-center justify-center rounded-full bg-harbour-tint",
            "text-harbour-tint-ink",
          )}
        >
          <Icon of={KeyRound} size={32} />
        </span>
        <h1 className="mt-5 text-title text-balance">
          <Trans>That’s you, {firstName}. Now your key.</Trans>
        </h1>
        <p className="mt-1.5 text-row text-ink-soft">
          <Trans>A passkey is made on this device and unlocks with your face, finger or screen lock.</Trans>
        </p>
        <ul className="flex flex-col gap-4 pt-6">
          <Point icon={ShieldCheck}>
            <Trans>No password: there’s nothing to forget, and nothing to steal.</Trans>
          </Point>
          <Point icon={CircleCheck}>
            <Trans>Every payment is signed with it, and shows you first what it signs.</Trans>
          </Point>
        </ul>
        <div className="flex flex-col gap-3 pt-6">
          {failure !== null && <ProblemBanner failure={failure} />}
          {passkeyFailure === "already_here" ? (
            <Banner
              tone="harbour"
              icon={KeyRound}
              title={<Trans>This device has your passkey already</Trans>}
              role="alert"
            >
              <Trans>Log in with it instead.</Trans>
            </Banner>
          ) : (
            passkeyFailure !== null && <PasskeyProblem reason={passkeyFailure} purpose="make" />
          )}
        </div>
      </div>
    </Page>
  );
}

function Point({ icon, children }: { readonly icon: LucideIcon; readonly children: ReactNode }) {
  return (
    <li className="flex gap-3 text-row">
      <Icon of={icon} className="shrink-0 text-harbour" />
      <span>{children}</span>
    </li>
  );
}

function useFirstPasskey(registrationId: string) {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [passkeyFailure, setPasskeyFailure] = useState<PasskeyFailure | null>(null);
  const make = async () => {
    setFailure(null);
    setPasskeyFailure(null);
    const path = `/api/registrations/${registrationId}/passkey`;
    const entered = await logInWithNewPasskey({ begin: { path: `${path}/options` }, path });
    if (entered.ok) return beginSession(entered.value);
    const { error } = entered;
    return error.by === "bank" ? setFailure(error.failure) : setPasskeyFailure(error.reason);
  };
  return {
    make: () => {
      setBusy(true);
      void make().finally(() => setBusy(false));
    },
    busy,
    failure,
    passkeyFailure,
  };
}
